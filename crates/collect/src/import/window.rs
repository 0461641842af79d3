//! A window over a stream of bytes: what has been read and not yet been used, in one slice. Its size follows what
//! its user leaves in it. It does not know what the bytes mean.

use std::io::{ErrorKind, Read};

use super::{
    error::ImportError,
    source::{BOM, Source},
};

/// Bytes asked for at a time.
const CHUNK: usize = 256 << 10;

pub(super) struct Window {
    bytes: Box<dyn Read + Send>,
    source: Source,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

impl Window {
    /// A window over the file's unpacked bytes, after a byte order mark.
    pub(super) fn open(source: &Source) -> Result<Self, ImportError> {
        let (bytes, source) = (source.bytes()?, source.clone());
        let mut window = Self { bytes, source, buffer: Vec::new(), start: 0, end: 0 };
        while window.data().len() < BOM.len() && window.fill()? {}
        if window.data().starts_with(BOM) {
            window.consume(BOM.len());
        }
        Ok(window)
    }

    /// What was read and not yet used.
    pub(super) fn data(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Marks bytes as used; no more than there are.
    pub(super) fn consume(&mut self, bytes: usize) {
        self.start = (self.start + bytes).min(self.end);
    }

    /// Reads more, after what there is; false at the end.
    pub(super) fn fill(&mut self) -> Result<bool, ImportError> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        if self.buffer.len() < self.end + CHUNK {
            self.buffer.resize(self.end + CHUNK, 0);
        }
        loop {
            match self.bytes.read(&mut self.buffer[self.end..]) {
                Ok(read) => {
                    self.end += read;
                    return Ok(read > 0);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(self.source.failed(error)),
            }
        }
    }

    /// Whether there is at least one byte, after reading more if need be.
    pub(super) fn any(&mut self) -> Result<bool, ImportError> {
        Ok(!self.data().is_empty() || self.fill()?)
    }

    /// Uses everything up to and with the next line end, without keeping it.
    pub(super) fn skip_line(&mut self) -> Result<(), ImportError> {
        while self.any()? {
            let data = self.data();
            let end = data.iter().position(|byte| *byte == b'\n');
            self.consume(end.map_or(data.len(), |end| end + 1));
            if end.is_some() {
                break;
            }
        }
        Ok(())
    }
}
