//! The pages on which sessions ended.

use waymark_query::{ExitsSpec, FoldSpec, Moments, State};
use waymark_stats::BinaryRate as _;

use super::{Asked, Found};
use crate::{
    analysis::{
        rates::Share,
        small_groups::{FEWEST, Split},
        source::Source,
    },
    query_json::{ExitResult, ExitsQuery, ExitsResult, Outcome, QueryError, RateResult, ask::find_goal},
};

pub(super) fn answer(asked: &ExitsQuery, source: &Source<'_>) -> Result<Found, QueryError> {
    let found = asked.goal.as_deref().map(|name| find_goal(name, source)).transpose()?;
    let (goal, notice) = found.unzip();
    let warnings = notice.flatten().into_iter().collect();
    let mut work = Asked::new(source, &asked.over, (goal.iter().cloned().collect(), warnings))?;
    work.without_filter("exits")?;
    let (state, grounds) = work.run(FoldSpec::Exits(ExitsSpec { without: goal }))?;
    let State::Exits(state) = state else { return Err(QueryError::WrongKind) };
    let ended = state.pages.into_iter().filter(|(_, page)| page.y > 0);
    let mut pages: Vec<(String, Moments)> = ended.collect();
    pages.sort_by(|(a, x), (b, y)| y.y.cmp(&x.y).then_with(|| a.cmp(b)));
    let together = |some: &[&_]| some.iter().copied().map(visitors).max().unwrap_or(0);
    let Split { shown: pages, merged: others, suppressed } =
        source.small_groups.split(pages, asked.top, visitors, |some| together(some) >= FEWEST);
    let result = ExitsResult {
        sessions: state.sessions,
        in_progress: state.open,
        items: pages.into_iter().map(page).collect::<Result<_, _>>()?,
        others: others.len(),
        other_exits: others.iter().map(|(_, page)| page.y).sum(),
        suppressed,
    };
    Ok(work.found(grounds, Outcome::Exits(result)))
}

/// How many visitors left on a page for certain: at least (Σy)²/Σy², by the inequality of Cauchy and Schwarz.
fn visitors((_, page): &(String, Moments)) -> u64 {
    let visitors = u128::from(page.y).pow(2).checked_div(page.yy).unwrap_or(0);
    u64::try_from(visitors).unwrap_or(u64::MAX)
}

fn page((path, moments): (String, Moments)) -> Result<ExitResult, QueryError> {
    let share = Share::by_visitor(&moments)?;
    let rate = RateResult {
        numerator: moments.y,
        denominator: moments.n,
        base: "session that saw the page".to_owned(),
        share: share.rate(),
        interval: share.interval(),
        low_n: share.is_low_n(),
    };
    Ok(ExitResult { path, exits: moments.y, views_sessions: moments.n, rate })
}
