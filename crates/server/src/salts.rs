//! Whether today's salts of the sites are there, so that one that is damaged or missing is noticed. It must not know when.

use waymark_collect::identity::SaltDays;
use waymark_store::{
    Damaged, DamagedPart, Store, StoreError,
    catalog::Site,
    salts::{SaltFile, Salts},
};

/// What is said of today's salt of a site when it is damaged, or was there and is gone. To be asked before any event is taken: the
/// next one has a new salt made.
pub(crate) fn salt_damage(store: &Store, salts: &Salts, site: &Site, now: i64) -> Option<Damaged> {
    let today = SaltDays::at(&site.definition.zone, now).today;
    let is_damaged = match salts.examine(&site.id, today).ok()? {
        SaltFile::Whole => false,
        SaltFile::Damaged => true,
        SaltFile::Missing => store.salted(&site.id) == Some(today.to_string()),
    };
    is_damaged.then(|| Damaged {
        part: DamagedPart::Salt,
        site: Some(site.id.clone()),
        message: format!(
            "the salt of {today} of {} is damaged or gone: visitors of that day who come again count as new ones; it cannot be restored, and the next day has a new one anyway",
            site.id
        ),
        affects_answers: true,
    })
}

/// Notes that today's salt of a site is there, if it is.
///
/// # Errors
/// When that cannot be noted: then it is not missed when it is gone.
pub(crate) fn note_salt(store: &Store, salts: &Salts, site: &Site, now: i64) -> Result<(), StoreError> {
    let today = SaltDays::at(&site.definition.zone, now).today;
    match salts.examine(&site.id, today) {
        Ok(SaltFile::Whole) => store.note_salt(&site.id, &today.to_string()),
        _ => Ok(()),
    }
}
