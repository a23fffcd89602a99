// Reads a calendar file from the input with a parser that is not ours; one JSON array of its events out.
import fs from 'node:fs';
import ICAL from 'ical.js';

const calendar = new ICAL.Component(ICAL.parse(fs.readFileSync(0, 'utf8')));
console.log(JSON.stringify(calendar.getAllSubcomponents('vevent').map(part => {
  const event = new ICAL.Event(part, { strictExceptions: true });
  return {
    uid: event.uid, sequence: event.sequence, title: event.summary, place: event.location ?? '', at: event.startDate.toJSDate().toISOString(),
    status: part.getFirstPropertyValue('status'), url: part.getFirstPropertyValue('url'),
  };
})));
