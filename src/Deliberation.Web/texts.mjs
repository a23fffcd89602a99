// Makes every Texts/zh-Hant/*.json from its zh-Hans twin: `npm run texts`, by hand, after texts have changed. The result is committed.
// Phrases become Taiwan's (`twp`); the table below then puts back the words that the look's word list wants.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as OpenCC from 'opencc-js';

const here = path.dirname(fileURLToPath(import.meta.url));
const projects = [here, path.join(here, '../Deliberation.Process')];
const toTaiwan = OpenCC.Converter({ from: 'cn', to: 'twp' });

/** What the converter gets wrong for a council, longest first. */
const corrections = [
  ['專案', '項目'],
  ['社群', '社區'],
  ['引數', '參數'],
  ['賬號', '帳號'],
  ['後臺', '後台'],
  ['計劃', '計畫'],
  ['裏', '裡'],
  ['錶決', '表決'],
  ['麵積', '面積'],
  ['上門籤', '上門簽'],
  ['見證方籤', '見證方簽'],
  ['籤的不是', '簽的不是'],
  ['籤不了名', '簽不了名'],
  ['臺賬', '台帳'],
  ['賬目', '帳目'],
  ['賬戶', '帳戶'],
  ['籤個字', '簽個字'],
  ['公佈', '公布'],
  ['采納', '採納'],
  ['語言：簡體', '語言：繁體'],
];

const convert = text => corrections.reduce((words, [wrong, right]) => words.replaceAll(wrong, right), toTaiwan(text));

for (const project of projects) {
  const from = path.join(project, 'Texts/zh-Hans');
  if (!fs.existsSync(from)) continue;
  const to = path.join(project, 'Texts/zh-Hant');
  fs.mkdirSync(to, { recursive: true });
  const files = fs.readdirSync(from).filter(name => name.endsWith('.json')).sort();
  for (const stale of fs.readdirSync(to).filter(name => !files.includes(name))) fs.rmSync(path.join(to, stale));
  for (const name of files) {
    const texts = JSON.parse(fs.readFileSync(path.join(from, name), 'utf8'));
    const converted = Object.fromEntries(Object.keys(texts).sort().map(key => [key, convert(texts[key])]));
    fs.writeFileSync(path.join(to, name), JSON.stringify(converted, null, 2) + '\n');
  }
  console.log(`${path.basename(project)}: ${files.length} files`);
}
