//! Journeys written as a line of words, for the tables of examples.

use waymark_model::{Event, Funnel, Step, TextColumn, TimeRange, time::MINUTE};

/// All of time that the examples use.
pub(crate) const ALL: TimeRange = TimeRange { start: 0, end: i64::MAX };

/// Events in order of arrival from words such as `2:A@5/x#7=100+paid`: visitor 2 (else 1; 0 is none), name A, minute 5
/// (else one after the other), property item = x, order key 7, value 100 EUR, channel `paid`. A `!` at the end of a word
/// makes it verified.
pub(crate) fn events(text: &str) -> Vec<Event> {
    text.split_whitespace().enumerate().map(|(i, word)| event(i, word)).collect()
}

fn event(i: usize, word: &str) -> Event {
    let (word, verified) = word.strip_suffix('!').map_or((word, false), |word| (word, true));
    let (visitor, rest) = word.split_once(':').unwrap_or(("1", word));
    let end_of_name = rest.find(['@', '/', '#', '=', '+']).unwrap_or(rest.len());
    let (name, marks) = rest.split_at(end_of_name);
    let mark = |sign: char| {
        let from = marks.find(sign)? + 1;
        let length = marks[from..].find(['@', '/', '#', '=', '+']).unwrap_or(marks.len() - from);
        Some(&marks[from..from + length])
    };
    let minute = mark('@').map_or(i as i64, |minute| minute.parse().unwrap());
    let mut event = Event::new(visitor.parse().unwrap(), minute * MINUTE, name);
    event.props.extend(mark('/').map(|item| ("item".to_owned(), item.to_owned())));
    event.key = mark('#').map(|key| key.parse().unwrap());
    event.value = mark('=').map(|value| value.parse().unwrap());
    event.verified = verified;
    if event.value.is_some() {
        event.set_text(TextColumn::Currency, "EUR");
    }
    event.with_text(TextColumn::Channel, mark('+').unwrap_or_default())
}

/// A funnel of event names: `A>B>C`; a name in brackets is an optional step.
pub(crate) fn steps(text: &str) -> Funnel {
    let step = |name: &str| {
        let inner = name.trim_matches(['[', ']']);
        Step { optional: inner != name, ..Step::event(inner) }
    };
    Funnel::of(text.split('>').map(step).collect())
}

/// The range from a minute to another.
pub(crate) const fn minutes(start: i64, end: i64) -> TimeRange {
    TimeRange { start: start * MINUTE, end: end * MINUTE }
}
