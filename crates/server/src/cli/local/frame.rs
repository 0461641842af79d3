//! What goes over the socket: a byte that says what it is, the length (32 bits, little-endian), and so many bytes.

use std::io::{self, Read, Write};

/// The longest frame: the input of a command is in memory on both sides.
const LONGEST: usize = 16 << 20;

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A command, as JSON.
    Command,
    /// Text for the output stream.
    Text,
    /// Bytes for the output stream, as they are.
    Bytes,
    /// Text for the error stream.
    Say,
    /// The exit code, one byte: the end.
    End,
}

const KINDS: [Kind; 5] = [Kind::Command, Kind::Text, Kind::Bytes, Kind::Say, Kind::End];

/// Writes a frame, or several when it is long.
pub(super) fn write(stream: &mut impl Write, kind: Kind, payload: &[u8]) -> io::Result<()> {
    let code = KINDS.iter().position(|known| *known == kind).unwrap_or_default();
    let mut chunks = payload.chunks(LONGEST);
    let mut next = chunks.next().or(Some(&[]));
    while let Some(chunk) = next {
        let [a, b, c, d] = u32::try_from(chunk.len()).unwrap_or_default().to_le_bytes();
        stream.write_all(&[u8::try_from(code).unwrap_or_default(), a, b, c, d])?;
        stream.write_all(chunk)?;
        next = chunks.next();
    }
    stream.flush()
}

/// Reads a frame.
pub(super) fn read(stream: &mut impl Read) -> io::Result<(Kind, Vec<u8>)> {
    let mut head = [0; 5];
    stream.read_exact(&mut head)?;
    let [code, length @ ..] = head;
    let kind = KINDS.get(usize::from(code)).ok_or(io::ErrorKind::InvalidData)?;
    let length = u32::from_le_bytes(length) as usize;
    if length > LONGEST {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut payload = vec![0; length];
    stream.read_exact(&mut payload)?;
    Ok((*kind, payload))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_read_as_they_were_written() {
        let long = vec![7; LONGEST + 1];
        let mut written = Vec::new();
        for (kind, payload) in [(Kind::Text, b"abc".as_slice()), (Kind::End, &[]), (Kind::Bytes, &long)] {
            write(&mut written, kind, payload).unwrap();
        }
        let mut stream = written.as_slice();
        assert_eq!(read(&mut stream).unwrap(), (Kind::Text, b"abc".to_vec()));
        assert_eq!(read(&mut stream).unwrap(), (Kind::End, Vec::new()));
        assert_eq!(read(&mut stream).unwrap(), (Kind::Bytes, long[..LONGEST].to_vec()));
        assert_eq!(read(&mut stream).unwrap(), (Kind::Bytes, vec![7]));
        assert!(read(&mut stream).is_err(), "nothing is left");
        assert!(read(&mut [9, 0, 0, 0, 0].as_slice()).is_err(), "no such kind");
        assert!(read(&mut [0, 255, 255, 255, 255].as_slice()).is_err(), "too long");
    }
}
