//! What two answers lack to one another: whoever sees no small groups can subtract no two of them about the same whole days
//! and so single out fewer than 10 visitors. The oracle finds out whom each question is about from the raw events.

use std::collections::{BTreeMap, BTreeSet};

use rand::{RngExt as _, SeedableRng as _, seq::IndexedRandom as _};
use rand_pcg::Pcg64Mcg;
use serde_json::{Value, json};

use super::{Api, anonymity::share, key, one};
use crate::{cli::Folder, serve::server::Server};

const FEWEST: usize = 10;
/// Questions that are asked; all pairs of those about the same days are compared.
const QUESTIONS: usize = 1_200;
const PAIRS: usize = 10_000;
const VISITORS: usize = 240;
const DAY: i64 = 86_400_000;
/// 2026-03-02T00:00:00Z.
const BEGIN: i64 = 1_772_409_600_000;
const DAYS: i64 = 4;
/// The gap after which a session begins.
const GAP: i64 = 30 * 60_000;

/// An event: its time, and its values by column.
struct Event {
    visitor: usize,
    time: i64,
    values: BTreeMap<&'static str, String>,
}

/// Events of visitors with some values that many have and some that a few have.
fn events(dice: &mut Pcg64Mcg) -> Vec<Event> {
    let weighted = |of: &[(&str, u32)], dice: &mut Pcg64Mcg| {
        let mut left = dice.random_range(0..of.iter().map(|(_, weight)| weight).sum::<u32>());
        for (value, weight) in of {
            if left < *weight {
                return (*value).to_owned();
            }
            left -= weight;
        }
        String::new()
    };
    let mut events = Vec::new();
    for visitor in 0..VISITORS {
        let plan =
            weighted(&[("free", 50), ("pro", 40), ("team", 6), ("odd", 1), ("trial", 1), ("", 4)], dice);
        let mut time = BEGIN + dice.random_range(0..DAYS * DAY);
        for _ in 0..dice.random_range(1..7) {
            let item = weighted(
                &[("lamp", 40), ("desk", 30), ("vase", 20), ("sofa", 3), ("rug", 1), ("bed", 1)],
                dice,
            );
            let name = weighted(&[("view", 60), ("cart", 20), ("buy", 10), ("rare", 1)], dice);
            let values = BTreeMap::from([("prop.plan", plan.clone()), ("prop.item", item), ("event", name)]);
            events.push(Event { visitor, time, values });
            time += if dice.random_bool(0.6) { 60_000 } else { dice.random_range(GAP + 1..DAY) };
        }
    }
    events.retain(|event| event.time < BEGIN + DAYS * DAY);
    events.sort_by_key(|event| (event.visitor, event.time));
    events
}

fn shop(events: &[Event]) -> (Api, String) {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC"]);
    let row = |event: &Event| {
        let of = |column: &str| event.values[column].clone();
        format!("{},v{},{},{},{}\n", event.time, event.visitor, of("event"), of("prop.item"), of("prop.plan"))
    };
    let rows: String = events.iter().map(row).collect();
    let file = folder.file("rows.csv", &format!("t,v,e,item,plan\n{rows}"));
    let map = "visitor=v,time=t,name=e,prop.item=item,prop.plan=plan";
    folder.ok(&["import", "--site", "shop", "--format", "csv", "--map", map, &file]);
    let (key, server) = (key(&folder, "shop", "admin"), Server::start(&folder, &[]));
    let api = Api { folder, server, key };
    let share = share(&api);
    (api, share)
}

/// A unit: a visitor, or one of their sessions.
type UnitOf = (usize, usize);

/// What a question is about.
#[derive(Clone, Debug, PartialEq)]
struct About {
    days: (i64, i64),
    /// Moments within the days, if those are given.
    moments: Option<(i64, i64)>,
    filter: Option<Filter>,
}

#[derive(Clone, Debug, PartialEq)]
struct Filter {
    column: &'static str,
    values: Vec<&'static str>,
    is_in: bool,
    last: bool,
    sessions: bool,
}

impl About {
    fn random(dice: &mut Pcg64Mcg) -> Self {
        let from = dice.random_range(0..2);
        let days = (from, dice.random_range(DAYS - 1..DAYS + 1));
        let moments = dice.random_bool(0.15).then(|| {
            let start = BEGIN + days.0 * DAY + dice.random_range(0..DAY);
            (start, BEGIN + days.1 * DAY - dice.random_range(0..DAY))
        });
        let filter = dice.random_bool(0.8).then(|| Filter::random(dice));
        Self { days, moments, filter }
    }

    fn over(&self) -> Value {
        let at = |time: i64| jiff::Timestamp::from_millisecond(time).unwrap().to_string();
        let date = |day: i64| at(BEGIN + day * DAY)[..10].to_owned();
        let range = match self.moments {
            Some((from, to)) => json!({ "from": at(from), "to": at(to) }),
            None => json!({ "from": date(self.days.0), "to": date(self.days.1 - 1) }),
        };
        let mut over = json!({ "range": range });
        if let Some(filter) = &self.filter {
            over["filter"] = filter.json();
        }
        over
    }

    /// The units that it is about, as sessions: those of whole visitors too.
    fn units(&self, events: &[Event]) -> BTreeSet<UnitOf> {
        let whole = (BEGIN + self.days.0 * DAY, BEGIN + self.days.1 * DAY);
        let (start, end) = self.moments.unwrap_or(whole);
        let mut sessions: BTreeMap<UnitOf, Vec<&Event>> = BTreeMap::new();
        let (mut before, mut session) = (None::<&Event>, 0);
        for event in events {
            session = match before {
                Some(before) if before.visitor == event.visitor => {
                    session + usize::from(event.time - before.time > GAP)
                }
                _ => 0,
            };
            before = Some(event);
            if (start..end).contains(&event.time) {
                sessions.entry((event.visitor, session)).or_default().push(event);
            }
        }
        let Some(filter) = &self.filter else { return sessions.into_keys().collect() };
        let of_visitor = |visitor: usize| {
            sessions.iter().filter(move |(unit, _)| unit.0 == visitor).flat_map(|(_, events)| events.clone())
        };
        let is_selected = |unit: &UnitOf| {
            let unit: Vec<&Event> =
                if filter.sessions { sessions[unit].clone() } else { of_visitor(unit.0).collect() };
            filter.takes(if filter.last { unit[unit.len() - 1] } else { unit[0] })
        };
        sessions.keys().copied().filter(is_selected).collect()
    }
}

impl Filter {
    fn random(dice: &mut Pcg64Mcg) -> Self {
        let (column, known): (&'static str, &[&'static str]) = *[
            ("prop.plan", &["free", "pro", "team", "odd", "trial", "none"][..]),
            ("prop.item", &["lamp", "desk", "vase", "sofa", "rug", "bed"]),
            ("event", &["view", "cart", "buy", "rare"]),
        ]
        .choose(dice)
        .unwrap();
        let count = dice.random_range(1..known.len());
        let values = known.sample(dice, count).copied().collect();
        let [is_in, last, sessions] = [dice.random_bool(0.7), dice.random_bool(0.3), dice.random_bool(0.4)];
        Self { column, values, is_in, last, sessions }
    }

    fn json(&self) -> Value {
        let test = if self.is_in { "in" } else { "not_in" };
        let (column, values) = (self.column, &self.values);
        json!({ "where": { column: { test: values } }, "touch": if self.last { "last" } else { "first" },
            "select": if self.sessions { "sessions" } else { "visitors" } })
    }

    fn takes(&self, event: &Event) -> bool {
        self.values.contains(&event.values[self.column].as_str()) == self.is_in
    }
}

/// A number that an answer tells, and whom it counts.
struct Told {
    about: About,
    /// By what it was broken down, if it is a bucket: the column, unit and touch.
    by: Option<(&'static str, bool, bool)>,
    units: BTreeSet<UnitOf>,
    query: String,
}

impl Told {
    /// Whether what one is about follows to be a part of what the other is about, or may, from the questions alone: they are
    /// about the same days, and decide by the same event, value and unit wherever both decide.
    fn compares(&self, other: &Self) -> bool {
        let decides =
            |of: &Self| of.about.filter.as_ref().map(|filter| (filter.column, filter.sessions, filter.last));
        let same = |a: Option<_>, b: Option<_>| a.is_none() || b.is_none() || a == b;
        self.about.days == other.about.days
            && same(decides(self), decides(other))
            && same(self.by, other.by)
            && (self.by.is_none() || same(self.by, decides(other)) || self.by == other.by)
            && (other.by.is_none() || same(other.by, decides(self)) || self.by == other.by)
    }
}

/// The visitors that one has and the other has not, where the other has nobody that the one has not.
fn singled_out(all: &BTreeSet<UnitOf>, some: &BTreeSet<UnitOf>) -> usize {
    if !some.is_subset(all) {
        return 0;
    }
    all.difference(some).map(|(visitor, _)| *visitor).collect::<BTreeSet<_>>().len()
}

/// Asks a question, and gives the numbers of the answer with whom each counts; none if it is refused.
fn ask(api: &Api, share: &str, about: About, events: &[Event], dice: &mut Pcg64Mcg) -> Vec<Told> {
    let over = about.over();
    let (column, sessions, last) =
        (one(&["prop.plan", "prop.item", "event"], dice), dice.random_bool(0.4), dice.random_bool(0.3));
    let column = ["prop.plan", "prop.item", "event"].into_iter().find(|known| *known == column).unwrap();
    let is_breakdown = dice.random_bool(0.5);
    let query = if is_breakdown {
        json!({ "breakdown": { "by": column, "unit": if sessions { "session" } else { "visitor" },
            "touch": if last { "last" } else { "first" }, "top": dice.random_range(0..7), "goals": [],
            "over": over } })
    } else {
        json!({ "overview": { "goals": [], "days": dice.random_bool(0.3), "over": over } })
    };
    let answer = api.ask_as(share, "POST", "/api/v1/sites/shop/query", &[], &query.to_string());
    let answer = match answer.status {
        200 => answer.json(),
        403 => return Vec::new(),
        status => panic!("{status} {query}: {}", answer.text()),
    };
    let (units, query) = (about.units(events), query.to_string());
    let mut told = vec![Told { about: about.clone(), by: None, units: units.clone(), query: query.clone() }];
    if !is_breakdown {
        let visitors = units.iter().map(|unit| unit.0).collect::<BTreeSet<_>>().len();
        assert_eq!(
            (&answer["total"]["visitors"], &answer["total"]["sessions"]),
            (&json!(visitors), &json!(units.len())),
            "the oracle finds the same: {query}"
        );
        return told;
    }
    let of = |value: &'static str| {
        // Whom a value's bucket counts, among those that the question is about.
        let cell = Filter { column, values: vec![value], is_in: true, last, sessions };
        let about = About { filter: Some(cell), ..about.clone() };
        about.units(events).intersection(&units).copied().collect::<BTreeSet<UnitOf>>()
    };
    let known = match column {
        "prop.plan" => &["free", "pro", "team", "odd", "trial"][..],
        "prop.item" => &["lamp", "desk", "vase", "sofa", "rug", "bed"],
        _ => &["view", "cart", "buy", "rare"],
    };
    let mut rest = units.clone();
    for value in known {
        let is_shown = answer["buckets"].as_array().unwrap().iter().any(|bucket| bucket["value"] == *value);
        if is_shown {
            let units = of(value);
            rest.retain(|unit| !units.contains(unit));
            let by = Some((column, sessions, last));
            told.push(Told { about: about.clone(), by, units, query: query.clone() });
        }
    }
    // What is not shown is known too.
    let by = Some((column, sessions, last));
    told.push(Told { about, by, units: rest, query });
    told
}

#[test]
fn no_two_answers_single_out_a_few_visitors() {
    let mut dice = Pcg64Mcg::seed_from_u64(2_026);
    let events = events(&mut dice);
    let (api, share) = shop(&events);
    let (mut told, mut refused, mut pairs) = (Vec::<Told>::new(), 0, 0);
    for _ in 0..QUESTIONS {
        let about = About::random(&mut dice);
        let found = ask(&api, &share, about, &events, &mut dice);
        refused += usize::from(found.is_empty());
        for new in found {
            for known in told.iter().filter(|known| known.compares(&new)) {
                pairs += 1;
                for (all, some) in [(known, &new), (&new, known)] {
                    let few = singled_out(&all.units, &some.units);
                    assert!(few == 0 || few >= FEWEST, "{few} visitors:\n{}\n{}", all.query, some.query);
                }
            }
            told.push(new);
        }
    }
    assert!(
        pairs >= PAIRS && refused > QUESTIONS / 10,
        "{pairs} pairs, {refused} refused: they tell nothing"
    );
    let answered = QUESTIONS - refused;
    assert!(answered > QUESTIONS / 4, "{answered} answered: nothing is told at all");
}
