import { expect, test } from "vitest";
import { useInstallation } from "./doctor-stage.ts";

const installation = useInstallation();
test("a sound installation", async () => {
  const { exit, out, err } = await installation().run([]);
  console.log(out, err, exit);
});
