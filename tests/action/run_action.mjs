// Runs a composite action as the runner does: reads a scene as JSON, prints what happened as JSON.
import { parseAction } from "@actions/workflow-parser/actions/action-parser";
import { convertToIfCondition } from "@actions/workflow-parser/model/converter/if-condition";
import { NoOperationTraceWriter } from "@actions/workflow-parser";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { isTrue, plain } from "./expressions.mjs";
import { freshCommandFiles, readPairs } from "./files.mjs";

const STEPS_SO_FAR = { outcomes: {}, status: "success", env: {}, paths: [], summary: "" };

// A scene: { action, workspace, temp, env, github, runner, strategy, inputs, stand_ins }.
// A stand-in changes one step, by its id, else its name: `script` runs instead of its own, `outcome`
// and `outputs` are what a step with `uses:` ends with; the outcome `cancelled` cancels the job.
function run(scene) {
  const action = parsed(scene.action);
  const inputs = inputsOf(action, scene);
  const job = { ...structuredClone(STEPS_SO_FAR), inputs, scene };
  const steps = action.steps.map(({ step, condition }) => runStep(step, condition, job));
  const idle = Object.keys(scene.stand_ins).filter((key) => !steps.some((step) => keyOf(step) === key));
  if (idle.length > 0) throw new Error(`stand-ins for no step: ${idle}`);
  return { steps, outputs: outputsOf(action, job), summary: job.summary, status: job.status };
}

function keyOf({ id, name }) {
  return id || name;
}

function parsed(path) {
  const file = { name: "action.yml", content: readFileSync(path, "utf8") };
  const { context, value } = parseAction(file, new NoOperationTraceWriter());
  refuse(context);
  const steps = [...value.find("runs").find("steps")].map((step) => ({
    step,
    // As the runner reads it: without a status function, `success() &&` goes before it.
    condition: step.find("if") && convertToIfCondition(context, step.find("if")),
  }));
  refuse(context);
  return { inputs: value.find("inputs"), outputs: value.find("outputs"), steps };
}

function refuse(context) {
  const errors = context.errors.getErrors().map((error) => error.message);
  if (errors.length > 0) throw new Error(errors.join("\n"));
}

function inputsOf(action, scene) {
  const declared = [...(action.inputs ?? [])].map((pair) => [`${pair.key}`, pair.value]);
  const unknown = Object.keys(scene.inputs).filter((name) => !declared.some(([id]) => id === name));
  if (unknown.length > 0) throw new Error(`unknown inputs: ${unknown}`);
  const scope = scopeOf({ inputs: {}, scene, outcomes: {}, env: {} });
  const values = declared.map(([name, input]) => [
    name,
    scene.inputs[name] ?? plain(input.find("default"), scope) ?? "",
  ]);
  return Object.fromEntries(values);
}

function scopeOf({ inputs, scene, outcomes, env, status }) {
  const { github, runner, strategy, workspace } = scene;
  const all = { ...scene.env, ...env };
  const contexts = { github, runner, strategy, inputs, steps: outcomes, env: all };
  return { contexts: { ...contexts, job: { status }, matrix: {} }, status, workspace };
}

function runStep(step, condition, job) {
  const scope = scopeOf(job);
  const id = `${step.find("id") ?? ""}`;
  const told = { id, name: plain(step.find("name"), scope) ?? "", outcome: "skipped", outputs: {} };
  const wanted = condition ? isTrue(condition, scope) : job.status === "success";
  if (wanted) Object.assign(told, carriedOut(step, keyOf(told), job, scope));
  const forgiven = told.outcome === "failure" && plain(step.find("continue-on-error"), scope);
  told.conclusion = forgiven === "true" ? "success" : told.outcome;
  if (told.outcome === "cancelled") job.status = "cancelled";
  if (told.conclusion === "failure" && job.status === "success") job.status = "failure";
  const { outputs, outcome, conclusion } = told;
  if (id) job.outcomes[id] = { outputs, outcome, conclusion };
  return told;
}

function carriedOut(step, key, job, scope) {
  const standIn = job.scene.stand_ins[key] ?? {};
  const env = { ...job.scene.env, ...job.env, ...plain(step.find("env"), scope) };
  if (step.find("uses") === undefined) return runScript(step, standIn, env, job, scope);
  const uses = { uses: plain(step.find("uses"), scope), with: plain(step.find("with"), scope) };
  return { ...uses, outcome: standIn.outcome ?? "success", outputs: standIn.outputs ?? {} };
}

function runScript(step, standIn, env, job, scope) {
  if (plain(step.find("shell"), scope) !== "bash") throw new Error("only bash is known here");
  const { temp, workspace } = job.scene;
  const files = freshCommandFiles(temp);
  const script = join(temp, `step-${Object.keys(job.outcomes).length}.sh`);
  writeFileSync(script, standIn.script ?? plain(step.find("run"), scope));
  const cwd = resolve(workspace, plain(step.find("working-directory"), scope) ?? ".");
  const path = [...job.paths, env.PATH].join(delimiter);
  const options = { cwd, env: { ...env, ...files, PATH: path }, encoding: "utf8" };
  const flags = ["--noprofile", "--norc", "-eo", "pipefail", script];
  const { status, stdout, stderr, error } = spawnSync("bash", flags, options);
  if (error) throw error;
  const said = { exit_code: status, stdout, stderr };
  try {
    const outcome = standIn.outcome ?? (status === 0 ? "success" : "failure");
    return { ...said, ...taken(files, job), outcome };
  } catch (problem) {
    return { ...said, outputs: {}, outcome: "failure", problem: problem.message };
  }
}

function taken(files, job) {
  Object.assign(job.env, readPairs(files.GITHUB_ENV));
  job.paths.unshift(...readFileSync(files.GITHUB_PATH, "utf8").split("\n").filter(Boolean));
  const summary = readFileSync(files.GITHUB_STEP_SUMMARY, "utf8");
  job.summary += summary;
  return { outputs: readPairs(files.GITHUB_OUTPUT), summary };
}

function outputsOf(action, job) {
  const pairs = [...(action.outputs ?? [])];
  const scope = scopeOf(job);
  const values = pairs.map(({ key, value }) => [`${key}`, plain(value.find("value"), scope)]);
  return Object.fromEntries(values);
}

const scene = JSON.parse(readFileSync(0, "utf8"));
mkdirSync(scene.temp, { recursive: true });
process.stdout.write(JSON.stringify(run(scene)));
