import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { claimFolder, freePort } from '../../../adapters/local/engines/ports';

it('never gives one port twice while the first who got it may still be starting', async () => {
  const first = await freePort();
  expect(await freePort(first)).not.toBe(first);
  const many = await Promise.all(Array.from({ length: 20 }, () => freePort()));
  expect(new Set(many).size).toBe(20);
});

it('gives another port when something listens on the wanted one', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  expect(await freePort(port)).not.toBe(port);
  server.close();
});

it('takes over the claim of a process that is gone', async () => {
  const claimed = `require('node:fs').mkdirSync(process.argv[1],{recursive:true});require('node:fs').writeFileSync(process.argv[1]+'/'+process.argv[2],String(process.pid))`;
  const port = await freePort();
  await promisify(execFile)(process.execPath, ['-e', claimed, claimFolder, String(port)]);
  expect(await freePort(port)).toBe(port);
});
