// Decides one simulation per line of standard input: JSON in, `{"result", "ignored"}` out.
import { createInterface } from "node:readline";
import { runSimulation } from "@cloud-copilot/iam-simulate";

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await runSimulation(JSON.parse(line), { simulationMode: "Strict" });
  const result = answer.resultType === "error" ? JSON.stringify(answer.errors) : answer.overallResult;
  console.log(JSON.stringify({ result, ignored: answer.result?.ignoredContextKeys ?? [] }));
}
