//! What was stored and is lost: found when a store is opened, and remembered until somebody says that it is known. It must not know
//! how it is found.

use crate::{
    commit::Change,
    damage::{Damaged, DamagedPart},
    error::StoreError,
    live_set::Loss,
    lock,
    open::{QUARANTINE, Recovered},
    store::{Inner, Store},
};

impl Store {
    /// Strikes what was lost off the list: somebody says that it is known, and answers need not say it any more.
    ///
    /// # Errors
    /// When the manifest cannot be replaced.
    pub fn accept_losses(&self) -> Result<usize, StoreError> {
        // What is damaged in the log is behind then, and is not found again.
        self.flush_whole_log()?;
        let losses = lock(&self.0.live).set.losses.len();
        if losses > 0 {
            self.0.commit(Change { losses: Some(Vec::new()), ..Change::default() })?;
        }
        self.0.damage.forget(DamagedPart::Loss);
        self.0.damage.forget(DamagedPart::Log);
        Ok(losses)
    }
}

impl Inner {
    /// Puts what recovery found on the list of damage, and keeps it in the manifest: the log forgets it once it has gone on, and
    /// what is lost stays lost.
    pub(crate) fn note_losses(&self) -> Result<(), StoreError> {
        let mut losses = lock(&self.live).set.losses.clone();
        let known: Vec<String> = losses.iter().map(|loss| loss.what.clone()).collect();
        let (found, time) = (self.recovered.losses(), self.clock.now());
        for (what, affects_answers) in &found {
            self.damage.add(Damaged {
                part: DamagedPart::Log,
                site: None,
                message: what.clone(),
                affects_answers: *affects_answers,
            });
            if *affects_answers && !known.contains(what) {
                losses.push(Loss { found: time, what: what.clone() });
            }
        }
        for what in known.into_iter().filter(|known| found.iter().all(|(what, _)| what != known)) {
            self.damage.add(Damaged {
                part: DamagedPart::Loss,
                site: None,
                message: what,
                affects_answers: true,
            });
        }
        let has_more = losses.len() > lock(&self.live).set.losses.len();
        if self.log.is_none() || !has_more {
            return Ok(());
        }
        match self.commit(Change { losses: Some(losses), ..Change::default() }) {
            // It is found again at the next start, when there may be room.
            Err(error) if error.is_disk_full() => Ok(()),
            noted => noted,
        }
    }
}

impl Recovered {
    /// What was damaged, and whether events are lost by it.
    fn losses(&self) -> Vec<(String, bool)> {
        let damage = self.damage.iter().map(|damage| (damage.to_string(), damage.records_lost != Some(0)));
        let records = self.undecodable.len();
        let undecodable = (records > 0).then(|| {
            (
                format!("{records} records of the log make no events, and lie in the folder `{QUARANTINE}`"),
                true,
            )
        });
        damage.chain(undecodable).collect()
    }
}
