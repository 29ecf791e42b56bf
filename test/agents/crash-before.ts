// Calls a tool of the ops agent in a process that kills itself before its n-th change to the
// database or to a file. A file that is being written is half written by then.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { DatabaseSync, StatementSync } from 'node:sqlite';
import { callTool } from './ops-demo.ts';

const [toolName = '', input = '', orgId = '', idempotencyKey = '', crashBefore = ''] =
  process.argv.slice(2);

let changes = 0;
const isTheLast = () => ++changes === Number(crashBefore);
const die = () => process.kill(process.pid, 'SIGKILL');

const { exec } = DatabaseSync.prototype;
DatabaseSync.prototype.exec = function (sql) {
  if (isTheLast()) die();
  exec.call(this, sql);
};

const { run } = StatementSync.prototype;
StatementSync.prototype.run = function (...values) {
  if (isTheLast()) die();
  return Reflect.apply(run, this, values);
};

const { renameSync, writeFileSync } = fs;
fs.renameSync = (from, to) => {
  if (isTheLast()) die();
  renameSync(from, to);
};
fs.writeFileSync = (file, data) => {
  if (isTheLast()) {
    writeFileSync(file, String(data).slice(0, 100));
    die();
  }
  writeFileSync(file, data);
};
syncBuiltinESMExports();

process.stdout.write(
  JSON.stringify(await callTool(toolName, JSON.parse(input), { orgId, idempotencyKey })),
);
