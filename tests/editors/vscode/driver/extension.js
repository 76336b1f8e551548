// Runs function bodies that come over a socket, with `vscode` and `args` in scope, and sends back what they return.
// Each window has a socket of its own, named after its first folder.
const { createHash } = require("node:crypto");
const { rmSync } = require("node:fs");
const net = require("node:net");
const { join } = require("node:path");
const vscode = require("vscode");

const AsyncFunction = (async () => {}).constructor;

exports.activate = (context) => {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";
  const name = createHash("sha256").update(folder).digest("hex").slice(0, 12);
  const path = join(process.env.DRIVER_SOCKETS, name);
  const server = net.createServer({ allowHalfOpen: true }, (socket) => void answer(socket));
  rmSync(path, { force: true });
  server.listen(path);
  context.subscriptions.push({ dispose: () => server.close() });
};

async function answer(socket) {
  socket.on("error", () => {}); // the test has gone away
  let text = "";
  for await (const chunk of socket.setEncoding("utf8")) text += chunk;
  let reply;
  try {
    const { body, args } = JSON.parse(text);
    reply = { value: (await new AsyncFunction("vscode", "args", body)(vscode, args)) ?? null };
  } catch (error) {
    reply = { error: String(error?.stack ?? error) };
  }
  socket.end(JSON.stringify(reply));
}
