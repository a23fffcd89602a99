// A second verifier of ledger bundles, written from the format's contract alone (src/Deliberation.Domain/Ledger/README.md).
// node verify.mjs FOLDER…   prints a line of JSON for each: {"bundle","ok","firstBadIndex","problem"}; exit 0, 1 or 2 (usage).
// No packages. Counts yes/no questions and office elections; of other rules it checks everything but the decision.
import { createHash, createPublicKey, verify as verifySignature } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const LEAF = 'leaf', CLAIM = 'claim', FILE = 'file', INTERVAL = 'interval';
const HASH = /^[0-9a-f]{64}$/, ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const RANKED = ['Borda', 'Condorcet', 'Schulze', 'InstantRunoff', 'StvScottish', 'StvMeek'], SCORED = ['Score', 'Star'];
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

const sha = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const leafHash = data => sha(Buffer.from([0]), data);
const ordinal = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

class Broken extends Error {}

function rootOf(leaves) {
  // Level by level: a hash without a neighbour moves up as it is, which is the same tree as halving makes.
  if (leaves.length === 0) return sha(Buffer.alloc(0));
  let level = leaves;
  while (level.length > 1) {
    const above = [];
    for (let i = 0; i < level.length; i += 2) above.push(i + 1 < level.length ? sha(Buffer.from([1]), level[i], level[i + 1]) : level[i]);
    level = above;
  }
  return level[0];
}

/** Valid UTF-8, one JSON value, no key twice. */
function strictJson(bytes, place) {
  let text;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const value = JSON.parse(text);
    if (countKeys(value) !== writtenKeys(text)) throw new Broken();
    return value;
  } catch {
    throw new Broken(`${place} is not JSON that can be read`);
  }
}

const countKeys = value => value === null || typeof value !== 'object' ? 0
  : Array.isArray(value) ? value.reduce((sum, item) => sum + countKeys(item), 0)
  : Object.keys(value).reduce((sum, key) => sum + 1 + countKeys(value[key]), 0);
const writtenKeys = text => (text.match(/"(?:[^"\\]|\\.)*"\s*:?/gs) ?? []).filter(token => token.endsWith(':')).length;

class Findings {
  all = [];
  add(sentence, index = null, blame = CLAIM, end = 0) { this.all.push({ sentence, index, blame, end }); }
  first() {
    const least = list => list.reduce((best, f) => (best === undefined || f.index < best.index ? f : best), undefined);
    const interval = least(this.all.filter(f => f.blame === INTERVAL));
    const exact = least(this.all.filter(f => f.index !== null && f.blame !== INTERVAL
      && (!interval || (f.blame !== FILE && f.index < interval.index) || (f.blame === LEAF && f.index < interval.end))));
    return exact ?? interval ?? this.all[0];
  }
}

/** The forms that a body may have; the text must be exactly the one that these values make. */
function readBody(text) {
  let b;
  try { b = JSON.parse(text); } catch { return null; }
  const number = n => Number.isSafeInteger(n) && n >= 0;
  const ok = b !== null && typeof b === 'object' && b.v === 'DLB1' && (b.kind === 'key' || ID.test(b.ballot)) && {
    'key': () => typeof b.name === 'string' && ['Log', 'Witness'].includes(b.role) && typeof b.key === 'string' && ['Added', 'Removed'].includes(b.state),
    'ballot-opened': () => HASH.test(b.definition) && HASH.test(b.roll) && number(b.units),
    'roll-amended': () => ['Added', 'Removed', 'Restored'].includes(b.change) && HASH.test(b.roll) && number(b.units),
    'vote': () => HASH.test(b.commitment),
    'ballot-closed': () => number(b.participations) && number(b.papers) && Array.isArray(b.replaced) && b.replaced.every(c => HASH.test(c)),
    'ballot-cancelled': () => true,
    'tally-published': () => number(b.version) && HASH.test(b.tally),
  }[b.kind]?.();
  if (!ok) return null;
  const keys = {
    'key': ['name', 'role', 'key', 'state'], 'ballot-opened': ['ballot', 'definition', 'roll', 'units'], 'roll-amended': ['ballot', 'change', 'roll', 'units'],
    'vote': ['ballot', 'commitment'], 'ballot-closed': ['ballot', 'participations', 'papers', 'replaced'], 'ballot-cancelled': ['ballot'],
    'tally-published': ['ballot', 'version', 'tally'],
  }[b.kind];
  if (Object.keys(b).join() !== ['v', 'kind', ...keys].join()) return null;
  return b.kind === 'key' || JSON.stringify(b) === text ? b : null; // a name may be escaped in more than one way
}

function readNote(note) {
  const gap = note.indexOf('\n\n');
  if (gap < 0 || !note.endsWith('\n')) return null;
  const text = note.slice(0, gap + 1);
  const [origin, size, root, end, ...more] = text.split('\n');
  if (end !== '' || more.length || !/^(0|[1-9]\d{0,14})$/.test(size) || !/^[A-Za-z0-9+/]{43}=$/.test(root)) return null;
  const signatures = note.slice(gap + 2, -1).split('\n').map(line => /^— (.+) ([A-Za-z0-9+/]+={0,2})$/.exec(line));
  if (signatures.some(s => !s)) return null;
  return {
    origin, text, size: Number(size), root: Buffer.from(root, 'base64').toString('hex'),
    signatures: signatures.map(([, name, bytes]) => ({ name, bytes: Buffer.from(bytes, 'base64') })),
  };
}

class Bundle {
  findings = new Findings();
  constructor(folder) { this.folder = folder; }

  has(name) { return existsSync(join(this.folder, name)); }

  bytes(name) {
    if (!this.has(name)) throw new Broken(`${name} is missing`);
    return readFileSync(join(this.folder, name));
  }

  lines(name) {
    const bytes = this.bytes(name), lines = [];
    for (let start = 0; start < bytes.length;) {
      const at = bytes.indexOf(10, start), end = at < 0 ? bytes.length : at;
      lines.push(bytes.subarray(start, end));
      start = end + 1;
    }
    return lines;
  }

  verify() {
    try {
      const index = strictJson(this.bytes('bundle.json'), 'bundle.json');
      if (index.format !== 'deliberation-bundle/1') throw new Broken('bundle.json is of an unknown format');
      this.readCheckpoints(index.origin);
      this.readLog();
      this.checkRoots();
      this.checkSignatures();
      if (index.size !== this.hashes.length) this.findings.add('bundle.json and log.txt differ in size', Math.min(index.size, this.hashes.length));
      const listed = new Map(index.ballots.map(b => [b.id, b.secrecy === 'Secret']));
      for (const ballot of this.ballots.values()) {
        if (listed.has(ballot.id)) this.checkBallot(ballot, listed.get(ballot.id));
        else this.findings.add(`ballot ${ballot.id} is not in the bundle`, ballot.openedAt);
      }
      for (const id of listed.keys()) if (!this.ballots.has(id)) this.findings.add(`ballot ${id} is not in the log`);
      if (this.has('receipts.txt')) this.checkReceipts();
    } catch (problem) {
      this.findings.add(problem instanceof Broken ? problem.message : `cannot be read: ${problem.message}`);
    }
    const first = this.findings.first();
    return { bundle: basename(this.folder), ok: !first, firstBadIndex: first?.index ?? null, problem: first?.sentence ?? null };
  }

  readCheckpoints(origin) {
    this.notes = [];
    let last = { size: 0, at: '' };
    const wrong = [];
    this.lines('checkpoints.jsonl').forEach((line, i) => {
      const { at, note: text } = strictJson(line, `line ${i + 1} of checkpoints.jsonl`);
      const note = readNote(text);
      if (!note) {
        this.findings.add(`line ${i + 1} of checkpoints.jsonl is no signed note`, last.size);
        return;
      }
      if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(at) || note.origin !== origin || note.size < last.size || at < last.at) wrong.push(note);
      last = { size: note.size, at };
      this.notes.push(note);
    });
    this.sizes = [...new Set(this.notes.map(n => n.size))].sort((a, b) => a - b);
    if (this.notes.length === 0) this.findings.add('there is no checkpoint', 0);
    for (const note of wrong) this.findings.add(`the checkpoint of ${note.size} leaves is out of place`, this.start(note.size));
  }

  /** The largest checkpoint that is smaller. */
  start(size) { return Math.max(0, ...this.sizes.filter(s => s < size)); }

  readLog() {
    Object.assign(this, { hashes: [], told: [], votes: new Map(), ballots: new Map(), keys: [] });
    this.lines('log.txt').forEach((line, i) => {
      const told = line.subarray(0, 64).toString('latin1'), body = line.subarray(65);
      const hash = leafHash(body);
      if (line[64] !== 32 || !HASH.test(told) || hash.toString('hex') !== told) this.findings.add(`leaf ${i} has another hash`, i, LEAF);
      this.hashes.push(hash);
      this.told.push(HASH.test(told) ? Buffer.from(told, 'hex') : Buffer.alloc(32));
      const leaf = readBody(body.toString('utf8'));
      if (leaf) this.take(leaf, i);
      else this.findings.add(`leaf ${i} has no form that an entry has`, i, LEAF);
    });
  }

  take(leaf, i) {
    const bad = sentence => this.findings.add(`leaf ${i} ${sentence}`, i, LEAF);
    if (leaf.kind === 'key') {
      const used = this.keys.find(k => k.removedAt === undefined && k.name === leaf.name && k.role === leaf.role && k.key === leaf.key);
      if (leaf.state === 'Removed') return used ? void (used.removedAt = i) : bad('removes a key that is not in use');
      if (used) return bad('adds a key that is in use');
      const spki = Buffer.from(leaf.key, 'base64');
      try {
        const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
        if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') return bad('adds a key that is not of P-256');
        this.keys.push({ ...leaf, public: key, id: sha(spki).subarray(0, 4).toString('hex'), addedAt: i });
      } catch { bad('adds a key that is none'); }
      return;
    }
    const ballot = this.ballots.get(leaf.ballot);
    if (leaf.kind === 'ballot-opened') {
      if (ballot) return bad('opens a ballot again');
      this.ballots.set(leaf.ballot, { id: leaf.ballot, openedAt: i, definition: leaf.definition, roll: leaf.roll, rollAt: i, units: leaf.units, votes: 0, tallies: [] });
      return;
    }
    if (!ballot) return bad('is of a ballot that was not opened');
    if (leaf.kind === 'tally-published') {
      if (!ballot.closed) return bad('publishes the tally of a ballot that is not closed');
      if (leaf.version !== ballot.tallies.length + 1) return bad('publishes a version out of turn');
      ballot.tallies.push({ index: i, hash: leaf.tally });
      return;
    }
    if (ballot.closed || ballot.cancelled) return bad('comes after the end of its ballot');
    if (leaf.kind === 'vote') {
      if (this.votes.has(leaf.commitment)) return bad('repeats a commitment');
      this.votes.set(leaf.commitment, { ballot: ballot.id, index: i });
      ballot.votes++;
    } else if (leaf.kind === 'roll-amended') {
      Object.assign(ballot, { roll: leaf.roll, units: leaf.units, rollAt: i });
    } else if (leaf.kind === 'ballot-cancelled') {
      ballot.cancelled = true;
    } else {
      Object.assign(ballot, { closed: leaf, closedAt: i });
      leaf.replaced.forEach((c, n) => {
        const vote = this.votes.get(c);
        if (vote?.ballot !== ballot.id || (n > 0 && c <= leaf.replaced[n - 1])) this.findings.add(`leaf ${i} lists replaced commitments wrongly`, i);
        else vote.replaced = true;
      });
      if (ballot.votes !== leaf.papers + leaf.replaced.length || leaf.participations > ballot.units) this.findings.add(`leaf ${i} closes with wrong counts`, i);
    }
  }

  checkRoots() {
    let good = 0;
    for (const size of this.sizes) {
      if (size > this.hashes.length) {
        this.findings.add(`a checkpoint has ${size} leaves, the log ${this.hashes.length}`, good, INTERVAL, Infinity);
        break;
      }
      const roots = [rootOf(this.hashes.slice(0, size)).toString('hex'), rootOf(this.told.slice(0, size)).toString('hex')];
      if (this.notes.filter(n => n.size === size).every(n => roots.includes(n.root))) good = size;
      else this.findings.add(`the checkpoint of ${size} leaves has another root`, good, INTERVAL, size);
    }
    const last = this.notes.at(-1)?.size ?? 0;
    if (last < this.hashes.length && this.sizes.every(s => s <= this.hashes.length)) this.findings.add('the last checkpoint does not cover the log', last);
  }

  checkSignatures() {
    for (const note of this.notes) {
      let signed = false;
      for (const { name, bytes } of note.signatures) {
        const keys = this.keys.filter(k => k.name === name && k.id === bytes.subarray(0, 4).toString('hex') && k.addedAt < note.size && !(k.removedAt < note.size));
        if (keys.length === 0) continue;
        const right = keys.some(k => verifySignature('sha256', Buffer.from(note.text), { key: k.public, dsaEncoding: 'der' }, bytes.subarray(4)));
        if (keys[0].role === 'Log') signed ||= right;
        else if (!right) this.findings.add(`a false cosignature of ${name}`, this.start(note.size));
      }
      if (!signed) this.findings.add(`the checkpoint of ${note.size} leaves is not signed`, this.start(note.size));
    }
  }

  checkBallot(ballot, secret) {
    const folder = `ballots/${ballot.id}/`;
    const fixed = (name, hash, index) => {
      if (this.has(folder + name) && sha(this.bytes(folder + name)).toString('hex') === hash) return strictJson(this.bytes(folder + name), folder + name);
      this.findings.add(`${folder}${name} is not the file whose hash leaf ${index} fixed`, index);
      return null;
    };
    const definition = fixed('definition.json', ballot.definition, ballot.openedAt);
    if (definition && (definition.ballot !== ballot.id || (definition.secrecy === 'Secret') !== secret)) this.findings.add('a definition of another ballot', ballot.openedAt);
    if (definition && secret && ballot.closed && (ballot.closed.papers > ballot.closed.participations || (ballot.closed.replaced.length > 0 && definition.rule.allowReplace !== true))) {
      this.findings.add(`leaf ${ballot.closedAt} closes a secret ballot with papers that cannot be, or superseded ones that its rule does not allow`, ballot.closedAt);
    }
    const tallies = ballot.tallies.map(({ index, hash }, n) => {
      const tally = fixed(`tally.${n + 1}.json`, hash, index);
      if (tally && (tally.ballot !== ballot.id || tally.version !== n + 1 || tally.participations !== ballot.closed.participations
        || tally.papers !== ballot.closed.papers || tally.roll.units !== ballot.units)) this.findings.add(`tally ${n + 1} of ${ballot.id} differs from its closing`, index);
      return tally;
    });
    if (this.has(`${folder}tally.${tallies.length + 1}.json`)) this.findings.add(`a tally of ${ballot.id} that the log does not know`);
    if (!definition || !this.has(folder + 'roll.jsonl') || !(ballot.closed || ballot.cancelled)) return;
    const roll = this.readRoll(folder + 'roll.jsonl', ballot);
    if (!ballot.closed) return;
    if (!this.has(folder + 'openings.jsonl')) return void this.findings.add(`${folder}openings.jsonl is missing`, ballot.closedAt, FILE);
    const papers = this.readOpenings(folder + 'openings.jsonl', ballot, definition, secret, roll);
    const tally = tallies.at(-1);
    if (tally) this.recount(tally, ballot, definition, secret, roll, papers, ballot.tallies.at(-1).index);
  }

  readRoll(name, ballot) {
    const roll = new Map(), leaves = [];
    let before = '';
    this.lines(name).forEach((line, i) => {
      const { unit, persons, area, salt } = strictJson(line, `line ${i + 1} of ${name}`);
      if (typeof unit !== 'string' || unit <= before || !HASH.test(salt) || !Number.isSafeInteger(persons) || !Number.isSafeInteger(area) || persons < 0 || area < 0) {
        throw new Broken(`line ${i + 1} of ${name} is no unit, or out of order`);
      }
      before = unit;
      roll.set(unit, { persons, area });
      leaves.push(leafHash(Buffer.concat([Buffer.from(`${unit}\n${persons}\n${area}\n`), Buffer.from(salt, 'hex')])));
    });
    if (rootOf(leaves).toString('hex') !== ballot.roll || roll.size !== ballot.units) this.findings.add(`${name} has another root than the log`, ballot.rollAt, FILE);
    return roll;
  }

  readOpenings(name, ballot, definition, secret, roll) {
    const papers = [], counted = new Set(), id = Buffer.from(ballot.id.replaceAll('-', ''), 'hex');
    const wrong = (sentence, index) => this.findings.add(`${name}: ${sentence}`, index, FILE);
    let before = '';
    this.lines(name).forEach((line, i) => {
      const o = strictJson(line, `line ${i + 1} of ${name}`);
      const vote = this.votes.get(o.commitment);
      if (o.commitment <= before) return wrong('out of order', vote?.index ?? ballot.closedAt);
      before = o.commitment;
      if (vote?.ballot !== ballot.id) return wrong('opens no vote of its ballot', ballot.closedAt);
      vote.opened = true;
      const choices = Buffer.from([...o.choices].sort(ordinal).join('\n')), zero = Buffer.from([0]);
      const opened = secret
        ? sha('DLB1', id, choices, zero, Buffer.from(o.nonce, 'hex'), Buffer.from(o.salt, 'hex'))
        : sha('DLB1N', id, Buffer.from(o.unit), zero, choices, zero, Buffer.from(o.salt, 'hex'));
      if (opened.toString('hex') !== o.commitment) return wrong('does not give its commitment', vote.index);
      const status = secret ? (vote.replaced ? 'Replaced' : o.choices.length === 0 ? 'Spoilt' : 'Counted') : o.status;
      if ((status === 'Replaced') !== !!vote.replaced) wrong('replaced or not', vote.index);
      if (secret && vote.replaced) wrong('opens a superseded paper', vote.index);
      if (status === 'Counted') {
        if (!this.isValid(o.choices, definition)) wrong('a paper that is not valid counts', vote.index);
        if (!secret && (!roll.has(o.unit) || counted.has(o.unit))) wrong('a unit counts that is not on the roll, or twice', vote.index);
        counted.add(o.unit);
      }
      if (status !== 'Replaced') papers.push({ unit: secret ? '' : o.unit, choices: o.choices, status });
    });
    for (const vote of this.votes.values()) {
      if (vote.ballot === ballot.id && !vote.opened && !(secret && vote.replaced)) wrong('a vote has no opening', vote.index);
    }
    return papers;
  }

  isValid(choices, { rule, options, maxChoices }) {
    if (choices.length === 0 || new Set(choices).size !== choices.length) return false;
    if (choices.includes('Abstain')) return choices.length === 1;
    if (options.length === 0) return ['For', 'Against'].includes(choices[0]) && choices.slice(1).every(c => rule.rule === 'Consent' && c.startsWith('because:'));
    const ids = new Set(options.map(o => o.id));
    if ([...RANKED, ...SCORED].includes(rule.rule)) {
      const named = choices.map(c => c.slice(0, c.lastIndexOf('=')));
      return named.every(id => ids.has(id)) && new Set(named).size === named.length && choices.every(c => /=(0|[1-9]\d{0,5})$/.test(c));
    }
    return choices.every(c => ids.has(c)) && choices.length <= maxChoices;
  }

  recount(tally, ballot, definition, secret, roll, papers, index) {
    const wrong = what => this.findings.add(`the tally of ${ballot.id} differs in ${what}`, index, FILE);
    const counted = papers.filter(p => p.status === 'Counted');
    const area = [...roll.values()].reduce((sum, u) => sum + u.area, 0), persons = [...roll.values()].reduce((sum, u) => sum + u.persons, 0);
    const returned = secret ? ballot.closed.participations : papers.filter(p => roll.has(p.unit)).length;
    const spoilt = papers.filter(p => p.status === 'Spoilt').length, missing = secret ? Math.max(0, returned - papers.length) : 0;
    if (tally.roll.persons !== persons || tally.roll.area !== area) wrong('the roll');
    if (tally.spoilt !== spoilt || tally.setAside !== papers.filter(p => p.status === 'SetAside').length) wrong('papers that do not count');
    const supports = (c, option) => c === option || option !== 'Abstain' && (
      RANKED.includes(definition.rule.rule) ? c === `${option}=1` : SCORED.includes(definition.rule.rule) && c.startsWith(`${option}=`) && c !== `${option}=0`);
    for (const total of tally.totals) {
      const own = { units: 0, persons: 0, area: 0 };
      for (const p of counted.filter(p => p.choices.some(c => supports(c, total.choice)))) {
        const unit = secret ? { persons: 1, area: 0 } : roll.get(p.unit) ?? { persons: 0, area: 0 };
        own.units++;
        own.persons += unit.persons;
        own.area += unit.area;
      }
      if (own.units !== total.units || own.persons !== total.persons || own.area !== total.area) wrong(`the total of ${total.choice}`);
    }
    const decided = decide(definition, roll, papers, counted, returned, spoilt + missing, area);
    const told = definition.rule.unreturned === 'FollowMajority' ? tally.followed?.without?.outcome : tally.outcome; // which were delivered no bundle tells
    if (decided && decided.outcome !== told) wrong('the outcome');
    if (decided?.elected && JSON.stringify(decided.elected) !== JSON.stringify(tally.elected)) wrong('the elected');
  }

  checkReceipts() {
    const starts = new Set([...this.votes.keys()].map(c => c.slice(0, 20)));
    for (const line of this.lines('receipts.txt')) {
      const text = line.toString('utf8').trim();
      if (text === '') continue;
      const letters = text.toUpperCase().replace(/[- ]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1').slice(-16);
      const start = HASH.test(text) ? text.slice(0, 20) : [...letters].reduce((sum, l) => (sum << 5n) | BigInt(CROCKFORD.indexOf(l)), 0n).toString(16).padStart(20, '0');
      if (!starts.has(start)) this.findings.add('a receipt is not in the log');
    }
  }
}

/** Whether part/whole reaches n/d, exactly; a whole of nothing never does. */
function reaches(part, whole, n, d, strict) {
  const [left, right] = [BigInt(part) * BigInt(d), BigInt(whole) * BigInt(n)];
  return whole > 0 && (strict ? left > right : left >= right);
}

const share = text => (text.includes('/') ? text.split('/') : [text, '1']).map(Number);

function decide({ rule, options }, roll, papers, counted, returned, spoilt, allArea) {
  const of = choice => counted.filter(p => p.choices[0] === choice).length;
  if (rule.rule === 'OwnersAssembly') {
    const units = new Map();
    for (const p of papers.filter(p => roll.has(p.unit))) units.set(p.unit, [...(units.get(p.unit) ?? []), p]);
    let [persons, area, forPersons, forArea] = [0, 0, 0, 0];
    for (const [unit, own] of units) {
      const said = [...new Set(own.filter(p => p.status === 'Counted').map(p => p.choices[0]))];
      const onlySpoilt = said.length === 0 && own.every(p => p.status === 'Spoilt');
      if (said.length !== 1 && !(onlySpoilt && rule.spoiltTakesPart)) continue;
      persons++;
      area += roll.get(unit).area;
      if (said[0] === 'For') [forPersons, forArea] = [forPersons + 1, forArea + roll.get(unit).area];
    }
    if (!reaches(persons, roll.size, 2, 3, false) || !reaches(area, allArea, 2, 3, false)) return { outcome: 'Inquorate' };
    const line = [6, 7, 8].includes(rule.matter ?? 9) ? [3, 4, false] : [1, 2, true];
    return { outcome: reaches(forPersons, persons, ...line) && reaches(forArea, area, ...line) ? 'Passed' : 'Rejected' };
  }
  if (rule.rule === 'Majority' || rule.rule === 'TwoThirds') {
    const [yes, no, abstain] = [of('For'), of('Against'), of('Abstain')];
    const cast = yes + no + abstain;
    if (rule.minTurnout && !reaches(cast, roll.size, ...share(rule.minTurnout), rule.minTurnoutStrict ?? false)) return { outcome: 'Inquorate' };
    const base = rule.base ?? (rule.rule === 'TwoThirds' ? 'Expressed' : 'Cast');
    const whole = { Expressed: yes + no, Cast: cast, CastAndSpoilt: cast + spoilt, Present: cast + spoilt, Roll: roll.size }[base];
    const [n, d] = rule.rule === 'TwoThirds' ? [2, 3] : share(rule.threshold ?? '1/2');
    if (reaches(yes, whole, n, d, rule.rule === 'TwoThirds' ? false : rule.strict ?? true)) return { outcome: 'Passed' };
    return { outcome: 2 * n === d && yes === no && yes > 0 ? 'Tied' : 'Rejected' };
  }
  if (rule.rule === 'OfficeElection' && !rule.tieBreak && !rule.reservedSeats) {
    const mode = rule.mode ?? 'First', seats = rule.seats ?? 1;
    if ((mode === 'First' && !reaches(returned, roll.size, 1, 2, true)) || returned > roll.size) return { outcome: 'Invalid', elected: [] };
    const line = { First: [1, 2, true], Supplementary: [1, 3, false], Runoff: [0, 1, true] }[mode];
    const votes = options.map(o => ({ id: o.id, votes: counted.filter(p => p.choices.includes(o.id)).length })).filter(o => reaches(o.votes, returned, ...line));
    votes.sort((a, b) => b.votes - a.votes);
    const elected = votes.length <= seats ? votes : votes[seats].votes < votes[seats - 1].votes ? votes.slice(0, seats) : votes.filter(o => o.votes > votes[seats - 1].votes);
    return {
      outcome: elected.length === seats ? 'Filled' : votes.length > elected.length ? 'Runoff' : 'PartlyFilled',
      elected: elected.map(o => o.id),
    };
  }
  return null;
}

const folders = process.argv.slice(2);
if (folders.length === 0 || !folders.every(existsSync)) {
  console.error('usage: node verify.mjs FOLDER…');
  process.exit(2);
}
let good = true;
for (const folder of folders) {
  const result = new Bundle(folder).verify();
  good &&= result.ok;
  console.log(JSON.stringify(result));
}
process.exit(good ? 0 : 1);
