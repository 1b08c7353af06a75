// The files through which a step talks to the runner, and the ones that `hashFiles` looks for.
import { existsSync, mkdtempSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

export const COMMAND_FILES = ["GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY"];

// Return a new empty file for each way of talking, by the name of its variable.
export function freshCommandFiles(temp) {
  const folder = mkdtempSync(join(temp, "_runner_file_commands_"));
  const places = COMMAND_FILES.map((name) => [name, join(folder, name.toLowerCase())]);
  for (const [, place] of places) writeFileSync(place, "");
  return Object.fromEntries(places);
}

// Read `name=value` lines and `name<<delimiter` blocks; anything else fails the step, as on GitHub.
export function readPairs(place) {
  const lines = readFileSync(place, "utf8").split(/\r?\n/);
  const pairs = {};
  while (lines.length > 0) {
    const line = lines.shift();
    const [, name, sign, rest] = /^([^=<]*)(=|<<)(.*)$/s.exec(line) ?? [];
    if (line === "") continue;
    if (!name) throw new Error(`Invalid format '${line}'`);
    pairs[name] = sign === "=" ? rest : blockUntil(rest, lines);
  }
  return pairs;
}

function blockUntil(delimiter, lines) {
  const end = lines.indexOf(delimiter);
  if (delimiter === "" || end < 0) throw new Error(`Matching delimiter not found '${delimiter}'`);
  const block = lines.splice(0, end + 1);
  return block.slice(0, -1).join("\n");
}

// Return the files that a pattern with `*` and `**` matches; nothing else is special here.
export function filesMatching(workspace, pattern) {
  const whole = resolve(workspace, pattern);
  const parts = whole.split(/(\*\*|\*)/).map((part) => ({ "**": ".*", "*": "[^/]*" })[part] ?? literal(part));
  const matches = new RegExp(`^${parts.join("")}$`, "s");
  return filesBelow(whole.slice(0, whole.indexOf("*"))).filter((path) => matches.test(path));
}

function literal(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder).map((name) => join(folder, name));
  return entries.flatMap((path) => (statSync(path).isDirectory() ? filesBelow(path) : [path]));
}
