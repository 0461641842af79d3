//! What of an open folder is damaged or missing: found at the start, by whoever reads, or by looking at files in turn. One
//! list, for health, metrics, the doctor and every answer. It decides nothing and reads no file.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard},
};

use crate::{lock, site::SiteId};

/// A kind of damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DamagedPart {
    /// Of the log.
    Log,
    /// Something lost earlier, which nobody has confirmed to know.
    Loss,
    /// A segment.
    Segment,
    /// Identifiers by which repeated events are recognised.
    Identifiers,
    /// The catalog.
    Catalog,
    /// A salt.
    Salt,
}

/// Something damaged or missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damaged {
    /// What it is part of.
    pub part: DamagedPart,
    /// The site that it concerns; `None` when it may concern each.
    pub site: Option<SiteId>,
    /// What is damaged, and what that means.
    pub message: String,
    /// Whether answers may be other than they would be without it: they may lack events, most of the time.
    pub affects_answers: bool,
}

/// The list of an open folder.
#[derive(Debug, Default)]
pub(crate) struct DamageList(Mutex<KnownDamage>);

#[derive(Debug, Default)]
struct KnownDamage {
    /// By the number of the segment.
    segments: BTreeMap<u64, Damaged>,
    others: Vec<Damaged>,
    /// Segments whose bytes were looked at, and are sound.
    sound: BTreeSet<u64>,
    /// A file of identifiers was found damaged when it was searched.
    is_mending_due: bool,
}

impl DamageList {
    fn found(&self) -> MutexGuard<'_, KnownDamage> {
        lock(&self.0)
    }

    /// Adds something, once.
    pub(crate) fn add(&self, damaged: Damaged) {
        let mut found = self.found();
        if !found.others.contains(&damaged) {
            found.others.push(damaged);
        }
    }

    /// Notes that a segment's file is not what was written.
    pub(crate) fn segment_is_damaged(&self, number: u64, damaged: Damaged) {
        let mut found = self.found();
        found.sound.remove(&number);
        found.segments.entry(number).or_insert(damaged);
    }

    /// Notes that a segment's file is what was written.
    pub(crate) fn segment_is_sound(&self, number: u64) {
        let mut found = self.found();
        found.segments.remove(&number);
        found.sound.insert(number);
    }

    /// Forgets which segments were found sound, so that they are looked at again.
    pub(crate) fn look_again(&self) {
        self.found().sound.clear();
    }

    pub(crate) fn is_sound(&self, number: u64) -> bool {
        self.found().sound.contains(&number)
    }

    pub(crate) fn is_damaged(&self, number: u64) -> bool {
        self.found().segments.contains_key(&number)
    }

    /// Numbers of the damaged segments.
    pub(crate) fn damaged_segments(&self) -> Vec<u64> {
        self.found().segments.keys().copied().collect()
    }

    /// Removes what is of that kind.
    pub(crate) fn forget(&self, part: DamagedPart) {
        self.found().others.retain(|damaged| damaged.part != part);
    }

    pub(crate) fn mend(&self) {
        self.found().is_mending_due = true;
    }

    /// Whether mending was asked for; the question takes it back.
    pub(crate) fn take_mending(&self) -> bool {
        std::mem::take(&mut self.found().is_mending_due)
    }

    /// All of it.
    pub(crate) fn all(&self) -> Vec<Damaged> {
        let found = self.found();
        found.others.iter().chain(found.segments.values()).cloned().collect()
    }

    /// What answers about a site have to say.
    pub(crate) fn of_answers(&self, site: &SiteId) -> Vec<Damaged> {
        let concerns =
            |damaged: &Damaged| damaged.affects_answers && damaged.site.as_ref().is_none_or(|of| of == site);
        self.all().into_iter().filter(concerns).collect()
    }
}
