// A mail server for tests: first line out is its port, then one JSON line for each mail it has taken.
// What stands before the @ of the receiver decides: reject (550), busy (450), hang (never an answer).
import { SMTPServer } from 'smtp-server';

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  allowInsecureAuth: true,
  onAuth: (auth, _session, done) => done(auth.password === 'right' ? null : new Error('wrong password'), { user: auth.username }),
  onRcptTo({ address }, _session, done) {
    const kind = address.split('@')[0];
    if (kind === 'hang') return;
    done(kind === 'reject' || kind === 'busy' ? Object.assign(new Error(kind), { responseCode: kind === 'reject' ? 550 : 450 }) : undefined);
  },
  onData(stream, session, done) {
    const parts = [];
    stream.on('data', part => parts.push(part));
    stream.on('end', () => {
      console.log(JSON.stringify({ to: session.envelope.rcptTo.map(to => to.address), user: session.user ?? null, raw: Buffer.concat(parts).toString('utf8') }));
      done();
    });
  },
});
server.on('error', () => {}); // a client that hangs up
const listener = server.listen(0, '127.0.0.1', () => console.log(listener.address().port));
process.stdin.resume().on('end', () => process.exit()); // ends with the test that started it
