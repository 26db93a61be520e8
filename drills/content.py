"""Reads the objects of a drill and compares their content with what was written."""

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from botocore.exceptions import ClientError

from drills.load import PURPOSE, Load, WrittenObject
from runbooks.error_codes import error_code

_THREADS: Final = 8


def altered_objects(load: Load, region: str) -> Sequence[WrittenObject]:
    """The objects of a drill whose content in a region has another SHA-256 digest than what was written.

    Objects that are missing there are not among them.
    """
    zone = load.zone
    client, bucket = zone.client("s3", region, zone.team), zone.bucket(PURPOSE, region)

    def is_altered(written_object: WrittenObject) -> bool:
        try:
            body = client.get_object(Bucket=bucket, Key=written_object.key)["Body"].read()
        except ClientError as error:
            if error_code(error) == "NoSuchKey":
                return False
            raise
        return hashlib.sha256(body).hexdigest() != written_object.digest

    with ThreadPoolExecutor(_THREADS) as pool:
        results = list(pool.map(is_altered, load.objects))
    return [written_object for written_object, altered in zip(load.objects, results, strict=True) if altered]
