//! Lists: a page at a time, and where the next begins.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::error::{ApiError, Code};

/// Most items of a page.
const MOST: usize = 1_000;
/// Items of a page unless it is said.
const USUAL: usize = 100;

/// Which part of a list is asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Paging {
    /// Items of a page, 1 to 1000; 100 unless given.
    limit: Option<usize>,
    /// The `next` of the page before.
    after: Option<String>,
}

/// A part of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Page<T> {
    /// Its items.
    items: Vec<T>,
    /// What to give as `after` to get the next part; `null` at the end.
    next: Option<String>,
}

/// How many items are asked for.
///
/// # Errors
/// When so many are not given at a time.
pub(super) fn limit(asked: Option<usize>) -> Result<usize, ApiError> {
    let limit = asked.unwrap_or(USUAL);
    if (1..=MOST).contains(&limit) {
        return Ok(limit);
    }
    Err(ApiError::new(Code::BadParameter, format!("`limit` is between 1 and {MOST}")))
}

impl<T> Page<T> {
    /// A list that is short by its nature.
    pub(super) const fn whole(items: Vec<T>) -> Self {
        Self { items, next: None }
    }

    /// The first part of a list that was read so far, and one item further if there is one.
    pub(super) fn begun(mut items: Vec<T>, limit: usize, cursor: impl Fn(&T) -> String) -> Self {
        let is_more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| is_more).map(cursor);
        Self { items, next }
    }

    /// The part that is asked for, of a list in the order of its items' cursors; each item has one of its own.
    ///
    /// # Errors
    /// When so many items are not given at a time.
    pub(super) fn of(
        all: impl IntoIterator<Item = T>,
        paging: &Paging,
        cursor: impl Fn(&T) -> String,
    ) -> Result<Self, ApiError> {
        let limit = limit(paging.limit)?;
        let mut all = all.into_iter().peekable();
        if let Some(after) = &paging.after {
            // An item may have gone since: then the list goes on at its place.
            while all.next_if(|item| order(&cursor(item)) <= order(after)).is_some() {}
        }
        let items: Vec<T> = all.by_ref().take(limit).collect();
        let next = all.peek().and_then(|_| items.last()).map(cursor);
        Ok(Self { items, next })
    }

    /// The same with other items.
    pub(super) fn map<U>(self, item: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(item).collect(), next: self.next }
    }
}

/// Numbers by their size, texts by their letters.
fn order(cursor: &str) -> (u64, &str) {
    cursor.parse().map_or((u64::MAX, cursor), |number| (number, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(paging: Paging, expected: Result<(&[u64], Option<&str>), ()>) {
        let found = Page::of([1, 2, 5, 10, 20], &paging, u64::to_string);
        let found = found.as_ref().map(|page| (page.items.as_slice(), page.next.as_deref())).map_err(|_| ());
        assert_eq!(found, expected);
    }

    #[test]
    fn pages_follow_one_another_whatever_has_gone() {
        let after = |after: &str| Some(after.to_owned());
        check(Paging::default(), Ok((&[1, 2, 5, 10, 20], None)));
        check(Paging { limit: Some(2), after: None }, Ok((&[1, 2], Some("2"))));
        check(Paging { limit: Some(2), after: after("2") }, Ok((&[5, 10], Some("10"))));
        check(Paging { limit: Some(2), after: after("4") }, Ok((&[5, 10], Some("10"))));
        check(Paging { limit: Some(2), after: after("10") }, Ok((&[20], None)));
        check(Paging { limit: None, after: after("20") }, Ok((&[], None)));
        check(Paging { limit: Some(0), after: None }, Err(()));
        check(Paging { limit: Some(1_001), after: None }, Err(()));
    }
}
