// Evaluates what GitHub's parser made of a YAML file: texts, `${{ }}`, `if:` and mappings of them.
import { Evaluator, Lexer, Parser, data } from "@actions/expressions";
import { truthy } from "@actions/expressions/result";
import { splitAllowedContext } from "@actions/workflow-parser/templates/allowed-context";
import { filesMatching } from "./files.mjs";

// A scope is `{ contexts, status, workspace }`; the status is that of the steps before.
export function isTrue(condition, scope) {
  return truthy(evaluate(condition, scope));
}

export function plain(token, scope) {
  if (token === undefined) return undefined;
  if (token.isExpression) return evaluate(token, scope).coerceString();
  if (token.isScalar) return token.toString();
  return Object.fromEntries([...token].map((pair) => [`${pair.key}`, plain(pair.value, scope)]));
}

// Which names a token may use stands in GitHub's schema: any other name is an error, as there.
function evaluate(token, scope) {
  const allowed = splitAllowedContext(token.definitionInfo?.allowedContext ?? []);
  const { tokens } = new Lexer(token.expression).lex();
  const tree = new Parser(tokens, allowed.namedContexts, allowed.functions).parse();
  return new Evaluator(tree, valueOf(scope.contexts), functionsOf(scope)).evaluate();
}

function functionsOf({ status, workspace }) {
  const functions = {
    always: () => new data.BooleanData(true),
    cancelled: () => new data.BooleanData(status === "cancelled"),
    failure: () => new data.BooleanData(status === "failure"),
    success: () => new data.BooleanData(status === "success"),
    hashfiles: (...patterns) => new data.StringData(hashOf(workspace, patterns)),
  };
  return new Map(Object.entries(functions).map(([name, call]) => [name, { name, call }]));
}

// An empty text when no file matches, as on GitHub; nobody here reads the hash itself.
function hashOf(workspace, patterns) {
  const found = patterns.some((pattern) => filesMatching(workspace, pattern.coerceString()).length > 0);
  return found ? "0".repeat(64) : "";
}

function valueOf(value) {
  if (value === null || value === undefined) return new data.Null();
  if (typeof value === "boolean") return new data.BooleanData(value);
  if (typeof value === "number") return new data.NumberData(value);
  if (typeof value === "string") return new data.StringData(value);
  if (Array.isArray(value)) return new data.Array(...value.map(valueOf));
  const pairs = Object.entries(value).map(([key, item]) => ({ key, value: valueOf(item) }));
  return new data.Dictionary(...pairs);
}
