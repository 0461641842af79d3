//! The content of one simulated file: what was synced, what was written since, and what a power cut leaves of
//! it. It knows no names.

use super::random::Random;

const SECTOR: usize = 512;

/// One file's bytes.
#[derive(Debug, Default)]
pub(super) struct Content {
    /// What the running system sees.
    pub(super) seen: Vec<u8>,
    /// What is on the platter.
    durable: Vec<u8>,
    /// Changes since the last sync, in order.
    pending: Vec<Change>,
}

#[derive(Debug)]
enum Change {
    Write { offset: usize, bytes: Vec<u8> },
    Truncate(usize),
}

impl Change {
    fn apply(&self, content: &mut Vec<u8>) {
        match self {
            Self::Write { offset, bytes } => {
                let end = offset + bytes.len();
                if content.len() < end {
                    content.resize(end, 0);
                }
                content[*offset..end].copy_from_slice(bytes);
            }
            Self::Truncate(length) => content.resize(*length, 0),
        }
    }
}

impl Content {
    pub(super) fn durable(bytes: Vec<u8>) -> Self {
        Self { seen: bytes.clone(), durable: bytes, pending: Vec::new() }
    }

    pub(super) fn append(&mut self, bytes: &[u8]) {
        let change = Change::Write { offset: self.seen.len(), bytes: bytes.to_vec() };
        change.apply(&mut self.seen);
        self.pending.push(change);
    }

    pub(super) fn truncate(&mut self, length: usize) {
        let change = Change::Truncate(length);
        change.apply(&mut self.seen);
        self.pending.push(change);
    }

    pub(super) fn sync(&mut self) {
        for change in self.pending.drain(..) {
            change.apply(&mut self.durable);
        }
    }

    /// A sync that failed: some sectors got through, the others never will, and the running system still sees
    /// all of them, as Linux does after an I/O error.
    pub(super) fn sync_failed(&mut self, random: &mut Random) {
        self.durable = self.after_power_cut(random);
        self.pending.clear();
    }

    /// What is found after a power cut. Each sector holds its synced content or what it was at any moment
    /// since; bytes after the synced end may also be zeros or garbage. Bytes synced and never cut off stay.
    pub(super) fn after_power_cut(&self, random: &mut Random) -> Vec<u8> {
        let mut moments = vec![self.durable.clone()];
        for change in &self.pending {
            let mut next = moments[moments.len() - 1].clone();
            change.apply(&mut next);
            moments.push(next);
        }
        let last = moments.len() - 1;
        match random.below(4) {
            _ if last == 0 => moments.swap_remove(0),
            0 => moments.swap_remove(0),
            1 => moments.swap_remove(last),
            _ => mix(&moments, random),
        }
    }
}

/// A file of which each sector is of another moment.
fn mix(moments: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let shortest = moments.iter().map(Vec::len).min().unwrap_or(0);
    let longest = moments.iter().map(Vec::len).max().unwrap_or(0);
    let length = match random.below(3) {
        0 => shortest + random.index(longest - shortest + 1),
        _ => moments[random.index(moments.len())].len(),
    };
    let synced = moments[0].len();
    let mut found = vec![0; length];
    for start in (0..length).step_by(SECTOR) {
        let end = (start + SECTOR).min(length);
        let moment = &moments[random.index(moments.len())];
        let kept = end.min(moment.len());
        if start < kept {
            found[start..kept].copy_from_slice(&moment[start..kept]);
        }
        if random.one_in(8) && synced < end {
            spoil(&mut found[start.max(synced)..end], random);
        }
    }
    found
}

fn spoil(bytes: &mut [u8], random: &mut Random) {
    let zeros = random.one_in(2);
    for byte in bytes {
        *byte = if zeros { 0 } else { random.bits() as u8 };
    }
}
