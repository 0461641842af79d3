//! Which of a visitor's pseudonyms an event is stored under. The choice depends on sessions that are open, so that none is cut
//! by midnight or by a consent in its midst; how they are remembered is not known here.

use waymark_model::Identity;

use super::Consented;

/// Under what an event could be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// The audience pseudonym of today.
    pub today: u64,
    /// That of yesterday, while its salt may be asked for.
    pub yesterday: Option<u64>,
    /// The visitor known by consent.
    pub consented: Option<Consented>,
    /// The visitor asks not to be tracked (`Sec-GPC` or `DNT`).
    pub objects: bool,
}

/// A session that may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenSession {
    /// The visitor it is stored under: another one than asked for when today's pseudonym is an alias of yesterday's.
    pub visitor: u64,
    /// Time of its first event, in ms.
    pub start: i64,
    /// Time of its last event, in ms.
    pub last: i64,
}

/// Under what an event is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The visitor.
    pub visitor: u64,
    /// What the visitor rests on.
    pub identity: Identity,
    /// A pseudonym to be remembered as an alias of the visitor for as long as this session is open.
    pub alias: Option<u64>,
}

/// Chooses for an event at `now`. `session` gives the last session that is remembered for a pseudonym; it is open when the gap to
/// the event is no greater than `gap` (both in ms).
///
/// 1. A consented visitor's open session goes on.
/// 2. A consent that was given within an open session of the audience takes effect with the next session.
/// 3. Otherwise a consented visitor is stored as such, unless it objects.
/// 4. A session of the audience that yesterday began goes on under yesterday's pseudonym, and today's becomes its alias.
#[must_use]
pub fn choose(known: &Known, session: impl Fn(u64) -> Option<OpenSession>, gap: i64, now: i64) -> Choice {
    let open = |visitor| session(visitor).filter(|session| is_open(session, gap, now));
    let audience = open(known.today).or_else(|| known.yesterday.and_then(open));
    if let Some(consented) = known.consented.filter(|_| !known.objects) {
        let began_before = audience.is_some_and(|session| session.start <= consented.since);
        if open(consented.visitor).is_some() || !began_before {
            return Choice { visitor: consented.visitor, identity: Identity::Consented, alias: None };
        }
    }
    let visitor = audience.map_or(known.today, |session| session.visitor);
    let alias = (visitor != known.today).then_some(known.today);
    Choice { visitor, identity: Identity::Audience, alias }
}

/// Whether an event at `now` belongs to the session; one that comes late may lie before its first event.
const fn is_open(session: &OpenSession, gap: i64, now: i64) -> bool {
    now.saturating_sub(session.last) <= gap && session.start.saturating_sub(now) <= gap
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use waymark_model::time::{HOUR, MINUTE, SESSION_GAP};

    use super::*;

    const TODAY: u64 = 1;
    const YESTERDAY: u64 = 2;
    const CONSENTED: u64 = 3;
    const NOW: i64 = 100 * HOUR;

    const NEW: Known = Known { today: TODAY, yesterday: None, consented: None, objects: false };
    const AT_MIDNIGHT: Known = Known { yesterday: Some(YESTERDAY), ..NEW };

    /// Consent given so many minutes ago.
    const fn since(minutes: i64) -> Known {
        Known { consented: Some(Consented { visitor: CONSENTED, since: NOW - minutes * MINUTE }), ..NEW }
    }

    const AUDIENCE: Choice = Choice { visitor: TODAY, identity: Identity::Audience, alias: None };
    const LAST_DAYS: Choice = Choice { visitor: YESTERDAY, identity: Identity::Audience, alias: Some(TODAY) };
    const BY_CONSENT: Choice = Choice { visitor: CONSENTED, identity: Identity::Consented, alias: None };

    /// `sessions`: the pseudonym asked for, the visitor stored under, and minutes ago of first and last event.
    #[track_caller]
    fn check(known: Known, sessions: &[(u64, u64, i64, i64)], expected: Choice) {
        let session = |(asked, visitor, start, last): &(u64, u64, i64, i64)| {
            (
                *asked,
                OpenSession { visitor: *visitor, start: NOW - start * MINUTE, last: NOW - last * MINUTE },
            )
        };
        let open: HashMap<u64, OpenSession> = sessions.iter().map(session).collect();
        let found = choose(&known, |visitor| open.get(&visitor).copied(), SESSION_GAP, NOW);
        assert_eq!(found, expected, "{known:?} {sessions:?}");
    }

    #[test]
    fn without_consent_the_day_decides() {
        check(NEW, &[], AUDIENCE);
        check(NEW, &[(TODAY, TODAY, 50, 10)], AUDIENCE);
        check(NEW, &[(TODAY, TODAY, 90, 60)], AUDIENCE);
        check(AT_MIDNIGHT, &[], AUDIENCE);
    }

    #[test]
    fn midnight_cuts_no_session() {
        check(AT_MIDNIGHT, &[(YESTERDAY, YESTERDAY, 50, 10)], LAST_DAYS);
        // A gap of exactly 30 minutes keeps a session open, a longer one ends it.
        check(AT_MIDNIGHT, &[(YESTERDAY, YESTERDAY, 50, 30)], LAST_DAYS);
        check(AT_MIDNIGHT, &[(YESTERDAY, YESTERDAY, 50, 31)], AUDIENCE);
        // After the salt is gone the alias finds it.
        check(NEW, &[(TODAY, YESTERDAY, 90, 10)], LAST_DAYS);
        check(NEW, &[(TODAY, YESTERDAY, 90, 31)], AUDIENCE);
        // A session that began today is not joined to an older one.
        check(AT_MIDNIGHT, &[(TODAY, TODAY, 5, 1), (YESTERDAY, YESTERDAY, 50, 10)], AUDIENCE);
        // One that has ended does not hide the older one.
        check(AT_MIDNIGHT, &[(TODAY, TODAY, 60, 40), (YESTERDAY, YESTERDAY, 50, 10)], LAST_DAYS);
    }

    #[test]
    fn consent_counts_from_the_next_session_on() {
        check(since(600), &[], BY_CONSENT);
        check(since(0), &[], BY_CONSENT);
        // Given within the open session, at its first event, or after its last.
        check(since(20), &[(TODAY, TODAY, 50, 10)], AUDIENCE);
        check(since(50), &[(TODAY, TODAY, 50, 10)], AUDIENCE);
        check(since(1), &[(TODAY, TODAY, 50, 10)], AUDIENCE);
        // Given before it began: that session is a stranger's with the same address and browser.
        check(since(51), &[(TODAY, TODAY, 50, 10)], BY_CONSENT);
        // The session has ended.
        check(since(45), &[(TODAY, TODAY, 50, 31)], BY_CONSENT);
        // Over midnight.
        let known = Known { yesterday: Some(YESTERDAY), ..since(20) };
        check(known, &[(YESTERDAY, YESTERDAY, 50, 10)], LAST_DAYS);
        check(since(20), &[(TODAY, YESTERDAY, 50, 10)], LAST_DAYS);
    }

    #[test]
    fn a_consented_session_goes_on() {
        check(since(600), &[(CONSENTED, CONSENTED, 20, 5)], BY_CONSENT);
        check(since(20), &[(CONSENTED, CONSENTED, 15, 5), (TODAY, TODAY, 50, 10)], BY_CONSENT);
        check(since(20), &[(CONSENTED, CONSENTED, 90, 31), (TODAY, TODAY, 50, 10)], AUDIENCE);
    }

    #[test]
    fn who_objects_is_one_of_the_audience() {
        for known in [NEW, since(600), since(20)] {
            let known = Known { objects: true, ..known };
            check(known, &[], AUDIENCE);
            check(known, &[(CONSENTED, CONSENTED, 20, 5)], AUDIENCE);
        }
        let known = Known { objects: true, yesterday: Some(YESTERDAY), ..since(600) };
        check(known, &[(YESTERDAY, YESTERDAY, 50, 10)], LAST_DAYS);
    }

    #[test]
    fn late_events_belong_where_they_happened() {
        check(AT_MIDNIGHT, &[(YESTERDAY, YESTERDAY, -30, -40)], LAST_DAYS);
        check(AT_MIDNIGHT, &[(YESTERDAY, YESTERDAY, -31, -40)], AUDIENCE);
    }
}
