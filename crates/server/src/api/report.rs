//! The goals with their numbers, as a table for spreadsheets.

use waymark_analysis::{Answer, QuestionResult, questions::overview::GoalResult};
use waymark_collect::formula::guarded;

const HEAD: [&str; 14] = [
    "goal",
    "version",
    "role",
    "headline",
    "conversions",
    "repeats_removed",
    "visitors_converted",
    "visitors",
    "rate",
    "rate_low",
    "rate_high",
    "currency",
    "gross_minor",
    "net_minor",
];

/// A line for each goal, and one more for each further currency.
pub(super) fn csv(answer: &Answer) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(HEAD)?;
    if let QuestionResult::Overview(overview) = &answer.outcome {
        for goal in &overview.total.goals {
            let mut values = goal
                .value
                .iter()
                .map(|value| [value.currency.clone(), value.gross.to_string(), value.net.to_string()]);
            writer.write_record(line(goal, values.next().unwrap_or_default()))?;
            for value in values {
                writer.write_record(line(goal, value))?;
            }
        }
    }
    writer.into_inner().map_err(|error| csv::Error::from(std::io::Error::other(error.to_string())))
}

fn line(goal: &GoalResult, value: [String; 3]) -> Vec<String> {
    let rate = goal.rates.get("visitor");
    let number = |number: Option<f64>| number.map_or(String::new(), |number| number.to_string());
    let interval = rate.and_then(|rate| rate.interval);
    let mut cells = vec![
        guarded(&goal.goal.name).into_owned(),
        goal.goal.version.map_or(String::new(), |version| version.to_string()),
        goal.role.map_or(String::new(), |role| role.as_str().to_owned()),
        goal.headline.to_string(),
        goal.conversions.to_string(),
        goal.repeats_removed.to_string(),
        rate.map_or(String::new(), |rate| rate.numerator.to_string()),
        rate.map_or(String::new(), |rate| rate.denominator.to_string()),
        number(rate.and_then(|rate| rate.share)),
        number(interval.map(|interval| interval.low)),
        number(interval.map(|interval| interval.high)),
    ];
    let [currency, gross, net] = value;
    cells.extend([guarded(&currency).into_owned(), gross, net]);
    cells
}
