//! Who is on the sites now: open sessions and what they came by, in memory that is bounded; and the events as they are
//! stored, for whoever watches. It holds no address and no user agent, and forgets a session once it is over.

use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex, PoisonError},
};

use lru::LruCache;
use tokio::sync::broadcast;

/// Sessions that are known at a time, over all sites; those that have been quiet for longest are forgotten first.
const SESSIONS: NonZeroUsize = NonZeroUsize::new(100_000).unwrap();
/// Events that a slow watcher may be behind before it misses some.
const BEHIND: usize = 1024;

/// What a session came by.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The channel.
    pub channel: &'static str,
    /// `utm_source` or what stands for it.
    pub source: String,
    /// `utm_medium` or what stands for it.
    pub medium: String,
    /// `utm_campaign`.
    pub campaign: String,
    /// The page before, on another site.
    pub referrer: String,
}

/// A session that was open when it was last looked at.
#[derive(Clone, Debug)]
pub struct Session {
    /// Its first event, in ms since 1970-01-01 UTC.
    pub start: i64,
    /// Its last event so far.
    pub last: i64,
    /// The visitor that its events are stored under, when that is another than the one it is known by.
    pub stored_as: u64,
    /// What it came by.
    pub origin: Arc<Origin>,
}

/// A visitor of a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Who {
    /// The site's number in the catalog.
    pub site: i64,
    /// The visitor's pseudonym.
    pub visitor: u64,
}

/// An event, as those see it who watch a site. It says nothing of who it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The site's number.
    pub site: i64,
    /// When it happened, in ms since 1970-01-01 UTC.
    pub time: i64,
    /// What happened.
    pub name: String,
    /// On which host.
    pub host: String,
    /// On which page.
    pub path: String,
    /// What the session came by.
    pub channel: String,
    /// Where from.
    pub country: String,
    /// By what device.
    pub device: String,
    /// Its value in minor units.
    pub value: Option<i64>,
    /// The value's currency.
    pub currency: String,
    /// Why it is left out of results, if it is: `bot`, `internal` or `test`.
    pub tag: &'static str,
    /// A goal has counted it before: it is an order told again, or a page seen again in a session, say.
    pub already_counted: bool,
    /// The site's headline goal looks for it.
    pub headline: bool,
}

/// The live state.
#[derive(Debug)]
pub struct Live {
    sessions: Mutex<LruCache<Who, Session>>,
    feed: broadcast::Sender<Arc<Seen>>,
}

impl Default for Live {
    fn default() -> Self {
        Self { sessions: Mutex::new(LruCache::unbounded()), feed: broadcast::channel(BEHIND).0 }
    }
}

impl Live {
    fn sessions(&self) -> std::sync::MutexGuard<'_, LruCache<Who, Session>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The visitor's last session, open or not.
    #[must_use]
    pub fn session(&self, who: Who) -> Option<Session> {
        self.sessions().peek(&who).cloned()
    }

    /// Notes an event of the visitor at `time` that is stored under `stored_as`; begins a session with `origin` when
    /// none is open: when the last event was more than `gap` (ms) ago. Gives what the session came by.
    pub fn note(
        &self,
        who: Who,
        stored_as: u64,
        time: i64,
        gap: i64,
        origin: impl FnOnce() -> Origin,
    ) -> Arc<Origin> {
        let mut sessions = self.sessions();
        if let Some(session) = sessions.get_mut(&who)
            && time.saturating_sub(session.last) <= gap
        {
            session.last = session.last.max(time);
            session.start = session.start.min(time);
            return Arc::clone(&session.origin);
        }
        let origin = Arc::new(origin());
        begin(
            &mut sessions,
            who,
            Session { start: time, last: time, stored_as, origin: Arc::clone(&origin) },
        );
        origin
    }

    /// Notes that a session is known by another name too, until it ends.
    pub fn alias(&self, who: Who, stored_as: u64, time: i64, gap: i64, origin: &Arc<Origin>) {
        let mut sessions = self.sessions();
        match sessions.get_mut(&who) {
            Some(session) if session.stored_as == stored_as && time.saturating_sub(session.last) <= gap => {
                session.last = session.last.max(time);
            }
            _ => begin(
                &mut sessions,
                who,
                Session { start: time, last: time, stored_as, origin: Arc::clone(origin) },
            ),
        }
    }

    /// Forgets sessions whose last event is before `time`.
    pub fn forget_before(&self, time: i64) {
        let mut sessions = self.sessions();
        while sessions.peek_lru().is_some_and(|(_, session)| session.last < time) {
            sessions.pop_lru();
        }
    }

    /// Shows an event to those who watch.
    pub fn show(&self, event: Seen) {
        // Nobody may be watching.
        let _ = self.feed.send(Arc::new(event));
    }

    /// Whether anybody watches.
    #[must_use]
    pub fn is_watched(&self) -> bool {
        self.feed.receiver_count() > 0
    }

    /// All events from now on, of all sites.
    #[must_use]
    pub fn watch(&self) -> broadcast::Receiver<Arc<Seen>> {
        self.feed.subscribe()
    }
}

fn begin(sessions: &mut LruCache<Who, Session>, who: Who, session: Session) {
    sessions.put(who, session);
    while sessions.len() > SESSIONS.get() {
        sessions.pop_lru();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GAP: i64 = 30 * 60_000;

    fn from(channel: &'static str) -> impl FnOnce() -> Origin {
        move || Origin { channel, ..Origin::default() }
    }

    #[test]
    fn a_session_keeps_what_it_came_by_until_its_gap() {
        let live = Live::default();
        let ann = Who { site: 1, visitor: 7 };
        assert_eq!(live.note(ann, 7, 1_000, GAP, from("email")).channel, "email");
        assert_eq!(live.note(ann, 7, 1_000 + GAP, GAP, from("internal")).channel, "email");
        assert_eq!(live.session(ann).unwrap().last, 1_000 + GAP);
        assert_eq!(live.note(ann, 7, 1_001 + 2 * GAP, GAP, from("direct")).channel, "direct");
        let other = Who { site: 2, ..ann };
        assert!(live.session(other).is_none());
    }

    #[test]
    fn a_late_event_neither_ends_nor_moves_a_session() {
        let live = Live::default();
        let ann = Who { site: 1, visitor: 7 };
        live.note(ann, 7, 10_000, GAP, from("email"));
        live.note(ann, 7, 4_000, GAP, from("direct"));
        let session = live.session(ann).unwrap();
        assert_eq!((session.start, session.last, session.origin.channel), (4_000, 10_000, "email"));
    }

    #[test]
    fn the_quietest_are_forgotten_first() {
        let live = Live::default();
        let who = |visitor| Who { site: 1, visitor };
        for visitor in 1..=SESSIONS.get() as u64 + 5 {
            live.note(who(visitor), visitor, visitor as i64, GAP, from("direct"));
        }
        assert!(live.session(who(5)).is_none());
        assert!(live.session(who(6)).is_some());
        live.forget_before(100);
        assert_eq!(live.sessions().len(), SESSIONS.get() + 5 - 99);
    }

    #[tokio::test]
    async fn those_who_watch_see_events_from_then_on() {
        let live = Live::default();
        let seen = |name: &str| Seen {
            site: 1,
            time: 1,
            name: name.to_owned(),
            host: String::new(),
            path: String::new(),
            channel: String::new(),
            country: String::new(),
            device: String::new(),
            value: None,
            currency: String::new(),
            tag: "",
            already_counted: false,
            headline: false,
        };
        assert!(!live.is_watched());
        live.show(seen("before"));
        let mut feed = live.watch();
        live.show(seen("after"));
        assert_eq!(feed.recv().await.unwrap().name, "after");
    }
}
