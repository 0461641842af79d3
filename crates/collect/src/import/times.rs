//! Times as files write them: numbers since 1970 in some unit, or dates and times. The unit is found from the first
//! rows; that works because for the years 1990 to 2100 no number fits two units. It knows no rows.

mod dates;
mod number;

use jiff::tz::TimeZone;
use serde::Serialize;
use waymark_model::{
    Zone,
    normal::time_unit::{PLAUSIBLE, TimeUnit},
};

pub(super) use dates::{Clock, Moment};
use number::Written;

/// How a time column is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeForm {
    /// Numbers since 1970-01-01 UTC.
    Since1970(TimeUnit),
    /// Dates and times: RFC 3339, or without a zone.
    Dates,
}

/// Why a time column cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// The unit given does not fit.
    #[error("read as {} since 1970, the time `{text}` in line {line} is no year from 1990 to 2100", given.plural())]
    WrongUnit {
        /// The unit given.
        given: TimeUnit,
        /// What it would fit.
        fits: Option<TimeForm>,
        /// A row's line.
        line: u64,
        /// Its time.
        text: String,
    },
    /// Rows in different forms.
    #[error(
        "the times are mixed: `{first_text}` in line {first_line} reads as {first}, \
         `{text}` in line {line} as {form}; nothing was imported"
    )]
    Mixed {
        /// The form of the first rows.
        first: TimeForm,
        /// Line of the first.
        first_line: u64,
        /// Its time.
        first_text: String,
        /// Another form.
        form: TimeForm,
        /// The line it is found in.
        line: u64,
        /// The time there.
        text: String,
    },
    /// None of the first rows has a time.
    #[error(
        "the times cannot be read: `{text}` in line {line} is neither a number since 1970 nor a date and time"
    )]
    Unreadable {
        /// The first row's line.
        line: u64,
        /// Its time.
        text: String,
    },
}

/// Why a text is no time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoTime {
    /// Not of the column's form, nor of another.
    Unreadable,
    /// Of the column's form, but no year of ours.
    Far,
    /// It fits another form.
    Other(TimeForm),
}

/// A row's time, as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sample {
    pub(super) line: u64,
    pub(super) text: String,
}

/// Reads the times of one column.
#[derive(Clone, Debug)]
pub(super) struct TimeReader {
    form: TimeForm,
    zone: TimeZone,
    /// The user said so: what does not fit is the row's mistake.
    given: bool,
    first: Sample,
}

impl std::fmt::Display for TimeForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Since1970(unit) => write!(f, "{} since 1970", unit.plural()),
            Self::Dates => f.write_str("dates and times"),
        }
    }
}

impl TimeError {
    pub(super) fn hint(&self) -> String {
        match self {
            Self::WrongUnit { fits: Some(TimeForm::Since1970(unit)), .. } => {
                format!("they look like {}: give `--time-unit {}`, or leave it out", unit.plural(), unit.as_str())
            }
            Self::WrongUnit { fits: Some(TimeForm::Dates), .. } => {
                "they look like dates and times: leave `--time-unit` out".to_owned()
            }
            Self::Unreadable { text, .. } if number::is_rounded(text) => {
                "a spreadsheet has rounded the number, and its last digits are lost: format the column as a whole number \
                 there and save it again"
                    .to_owned()
            }
            Self::WrongUnit { fits: None, .. } | Self::Unreadable { .. } => {
                "Waymark reads numbers since 1970 (s, ms, us, ns), `2026-03-28T14:05:00Z`, `2026-03-28 14:05:00.250` and \
                 `2026-03-28 14:05:00 +0100`; is `time` mapped to the right column?"
                    .to_owned()
            }
            Self::Mixed { first: TimeForm::Since1970(unit), .. } => format!(
                "write them all in one form, or give `--time-unit {}` to take those and reject the others",
                unit.as_str()
            ),
            Self::Mixed { .. } => "write them all in one form".to_owned(),
        }
    }
}

impl TimeReader {
    /// Finds the form from the first rows' times. A unit that is given must fit more than half of them.
    pub(super) fn detect(
        samples: &[Sample],
        given: Option<TimeUnit>,
        zone: &Zone,
    ) -> Result<Self, TimeError> {
        let zone = TimeZone::get(zone.name()).unwrap_or(TimeZone::UTC);
        if let Some(unit) = given {
            return Self::given(samples, unit, zone);
        }
        let Some(start) = samples.first() else {
            // Nothing will be read: every row lacks its time.
            let first = Sample { line: 1, text: String::new() };
            return Ok(Self { form: TimeForm::Dates, zone, given: false, first });
        };
        let mut forms = samples.iter().filter_map(|sample| Some((form_of(&sample.text)?, sample)));
        let Some((form, first)) = forms.next() else {
            return Err(TimeError::Unreadable { line: start.line, text: shown(&start.text) });
        };
        let reader = Self { form, zone, given: false, first: first.clone() };
        match forms.find(|(other, _)| *other != form) {
            Some((other, sample)) => Err(reader.mixed(other, sample.line, &sample.text)),
            None => Ok(reader),
        }
    }

    fn given(samples: &[Sample], unit: TimeUnit, zone: TimeZone) -> Result<Self, TimeError> {
        let form = TimeForm::Since1970(unit);
        let first = samples.first().cloned().unwrap_or(Sample { line: 1, text: String::new() });
        let reader = Self { form, zone, given: true, first };
        let mut wrong = samples.iter().filter(|sample| reader.read(&sample.text).is_err());
        let (first, more) = (wrong.next(), wrong.count());
        match first {
            Some(Sample { line, text }) if (more + 1) * 2 >= samples.len() => {
                let (fits, text) = (form_of(text), shown(text));
                Err(TimeError::WrongUnit { given: unit, fits, line: *line, text })
            }
            _ => Ok(reader),
        }
    }

    /// How the column is written.
    pub(super) const fn form(&self) -> TimeForm {
        self.form
    }

    /// Whether the user gave the unit.
    pub(super) const fn is_given(&self) -> bool {
        self.given
    }

    /// The error of a row whose time is of another form.
    pub(super) fn mixed(&self, form: TimeForm, line: u64, text: &str) -> TimeError {
        TimeError::Mixed {
            first: self.form,
            first_line: self.first.line,
            first_text: shown(&self.first.text),
            form,
            line,
            text: shown(text),
        }
    }

    /// Reads a time. Finer times than milliseconds are rounded down.
    pub(super) fn read(&self, text: &str) -> Result<Moment, NoTime> {
        let found = match self.form {
            TimeForm::Since1970(unit) => {
                Written::parse(text).and_then(|number| number.milliseconds(unit)).map(Moment::zoned)
            }
            TimeForm::Dates => dates::read(text, &self.zone),
        };
        match found {
            Some(moment) if is_near(moment.time) => Ok(moment),
            _ => Err(form_of(text)
                .map_or(if found.is_some() { NoTime::Far } else { NoTime::Unreadable }, NoTime::Other)),
        }
    }
}

/// Whether the moment is in the years 1990 to 2100.
fn is_near(time: i64) -> bool {
    PLAUSIBLE.contains(&time)
}

/// The one form in which the text is a year from 1990 to 2100.
fn form_of(text: &str) -> Option<TimeForm> {
    if let Some(number) = Written::parse(text) {
        return number.unit().map(TimeForm::Since1970);
    }
    dates::read(text, &TimeZone::UTC).filter(|moment| is_near(moment.time)).map(|_| TimeForm::Dates)
}

/// A time in a message: no longer than times are.
fn shown(text: &str) -> String {
    let cut: String = text.chars().take(40).collect();
    if cut.len() < text.len() { format!("{cut}…") } else { cut }
}

#[cfg(test)]
mod tests {
    use waymark_model::time::timestamp;

    use super::*;

    fn samples(texts: &[&str]) -> Vec<Sample> {
        texts.iter().zip(2..).map(|(text, line)| Sample { line, text: (*text).to_owned() }).collect()
    }

    fn check(texts: &[&str], zone: &str, expected: &[&str]) {
        let zone = Zone::parse(zone).unwrap();
        let reader = TimeReader::detect(&samples(texts), None, &zone).unwrap();
        let moment = |text: &&str| timestamp(reader.read(text).unwrap().time).to_string();
        assert_eq!(texts.iter().map(moment).collect::<Vec<_>>(), expected, "{texts:?}");
    }

    #[test]
    fn forms_are_found() {
        let one = ["2015-06-01T15:52:12.535Z"];
        check(&["1433173932535"], "UTC", &one);
        check(&["1433173932.535"], "UTC", &one);
        check(&["1433173932535.0"], "UTC", &one);
        check(&["1433173932535999"], "UTC", &one);
        check(&["1433173932535999999"], "UTC", &one);
        check(&["2015-06-01T15:52:12.535Z", "2015-06-01T17:52:12.535+02:00"], "UTC", &[one[0], one[0]]);
        check(&["2015-06-01 15:52:12.535", "2015-06-01 15:52:12.535 UTC"], "UTC", &[one[0], one[0]]);
        check(&["2015-06-01 17:52:12.535"], "Europe/Berlin", &one);
        check(&["2015-06-01T15:52:12.535999"], "UTC", &one);
        check(&["1433173932"], "Europe/Berlin", &["2015-06-01T15:52:12Z"]);
        // Numbers that went through a float, as pandas and JavaScript write them.
        check(&["1.433173932535e+12", "1433173932535"], "UTC", &[one[0], one[0]]);
        check(&["1.4331739325351234e18"], "UTC", &one);
    }

    #[test]
    fn numbers_that_lost_digits_are_not_read() {
        refused(&["1.43317E+12"], None, "a spreadsheet has rounded the number");
        let reader = TimeReader::detect(&samples(&["1433173932535"]), None, &Zone::utc()).unwrap();
        assert_eq!(reader.read("1.43317E+12"), Err(NoTime::Unreadable));
    }

    #[test]
    fn rows_that_do_not_fit_say_how() {
        let reader = TimeReader::detect(&samples(&["1433173932535"]), None, &Zone::utc()).unwrap();
        for (text, expected) in [
            ("", NoTime::Unreadable),
            ("yesterday", NoTime::Unreadable),
            ("-1433173932535", NoTime::Unreadable),
            ("99999999999999999999999", NoTime::Unreadable),
            ("0", NoTime::Far),
            ("631151999999", NoTime::Far),
            ("1433173932", NoTime::Other(TimeForm::Since1970(TimeUnit::S))),
            ("2015-06-01 15:52:12", NoTime::Other(TimeForm::Dates)),
        ] {
            assert_eq!(reader.read(text), Err(expected), "{text}");
        }
        assert_eq!(reader.read("631152000000"), Ok(Moment::zoned(631_152_000_000)));
    }

    fn refused(texts: &[&str], given: Option<TimeUnit>, expected: &str) {
        let error = TimeReader::detect(&samples(texts), given, &Zone::utc()).unwrap_err();
        let text = format!("{error}; {}", error.hint());
        assert!(text.contains(expected), "{text}");
    }

    #[test]
    fn columns_that_cannot_be_read_are_refused() {
        refused(
            &["1433173932535", "x"],
            Some(TimeUnit::S),
            "line 2 is no year from 1990 to 2100; they look like milliseconds",
        );
        refused(&["2015-06-01 15:52:12"], Some(TimeUnit::Ms), "look like dates");
        refused(&["7"], Some(TimeUnit::Ms), "right column");
        refused(&["1433173932535", "1433173932"], None, "`1433173932` in line 3 as seconds since 1970");
        refused(&["1433173932535", "2015-06-01 15:52:12"], None, "in line 3 as dates and times");
        refused(&["17", "view"], None, "`17` in line 2");
    }

    #[test]
    fn a_given_unit_bears_a_few_that_do_not_fit() {
        let texts = samples(&["1433173932535", "1433173932535", "1433173932"]);
        let reader = TimeReader::detect(&texts, Some(TimeUnit::Ms), &Zone::utc()).unwrap();
        assert_eq!(reader.form(), TimeForm::Since1970(TimeUnit::Ms));
    }
}
