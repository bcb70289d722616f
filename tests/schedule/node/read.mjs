// A reader of calendars that lives as long as the tests: a line of JSON in ({"ics": …}), a line of JSON out, what
// ical.js (Thunderbird's) and node-ical see. An event: uid, title, place, text, start and end in seconds, and the rest.
import { createInterface } from "node:readline";
import ICAL from "ical.js";
import ical from "node-ical";

function byIcalJs(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const problems = [];
  const events = calendar.getAllSubcomponents("vevent").map((part) => {
    const event = new ICAL.Event(part);
    const start = part.getFirstPropertyValue("dtstart");
    const end = part.getFirstPropertyValue("dtend");
    if (start.zone === ICAL.Timezone.localTimezone && !start.isDate) problems.push(`${event.uid} floats`);
    const categories = part.getAllProperties("categories").flatMap((one) => one.getValues());
    return {
      uid: event.uid, title: event.summary ?? "", place: event.location ?? "", text: event.description ?? "",
      start: start.isDate ? start.toString() : start.toUnixTime(),
      end: end === null ? null : end.isDate ? end.toString() : end.toUnixTime(),
      status: part.getFirstPropertyValue("status"), sequence: event.sequence, categories,
      conference: part.getFirstPropertyValue("conference"), recurring: event.isRecurring(),
    };
  });
  return { events, problems };
}

function byNodeIcal(text) {
  const found = ical.sync.parseICS(text);
  const day = (at) => `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, "0")}-${String(at.getDate()).padStart(2, "0")}`;
  const value = (it) => (it && typeof it === "object" && "val" in it ? it.val : it ?? "");
  const moment = (at, whole) => (at ? (whole ? day(at) : at.getTime() / 1000) : null);
  const events = Object.values(found).filter((one) => one.type === "VEVENT").map((one) => ({
    uid: one.uid, title: value(one.summary), place: value(one.location), text: value(one.description),
    start: moment(one.start, one.datetype === "date"), end: moment(one.end, one.datetype === "date"),
    status: one.status, sequence: Number(one.sequence ?? 0), categories: one.categories ?? [],
    recurring: Boolean(one.rrule),
  }));
  return { events, problems: [] };
}

const readers = { "ical.js": byIcalJs, "node-ical": byNodeIcal };
for await (const line of createInterface({ input: process.stdin })) {
  const { reader, ics } = JSON.parse(line);
  let answer;
  try {
    answer = readers[reader](ics);
  } catch (error) {
    answer = { events: [], problems: [String(error)] };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
