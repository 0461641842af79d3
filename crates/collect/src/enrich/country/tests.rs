use super::*;

/// A database in MaxMind's format 2.0: records of 24 bits, IPv4 only, each network (its first bits) with one record.
fn database(networks: &[(&str, &[u8])]) -> Vec<u8> {
    let mut data = Vec::new();
    let mut nodes: Vec<[Option<Link>; 2]> = vec![[None; 2]];
    for (bits, record) in networks {
        let mut at = 0;
        for (depth, bit) in bits.bytes().enumerate() {
            let side = usize::from(bit == b'1');
            if depth + 1 == bits.len() {
                nodes[at][side] = Some(Link::Data(data.len()));
            } else if let Some(Link::Node(next)) = nodes[at][side] {
                at = next;
            } else {
                nodes.push([None; 2]);
                nodes[at][side] = Some(Link::Node(nodes.len() - 1));
                at = nodes.len() - 1;
            }
        }
        data.extend_from_slice(record);
    }
    let count = nodes.len();
    let number = |link: &Option<Link>| match link {
        None => count,
        Some(Link::Node(node)) => *node,
        Some(Link::Data(offset)) => count + 16 + offset,
    };
    let tree = nodes.iter().flatten().flat_map(|link| number(link).to_be_bytes()[5..].to_vec());
    let mut file: Vec<u8> = tree.chain([0; 16]).chain(data).collect();
    file.extend_from_slice(b"\xab\xcd\xefMaxMind.com");
    file.extend(metadata(count as u8));
    file
}

#[derive(Clone, Copy)]
enum Link {
    Node(usize),
    Data(usize),
}

/// Control byte and content of a short text (type 2).
fn text(text: &str) -> Vec<u8> {
    [&[2 << 5 | text.len() as u8], text.as_bytes()].concat()
}

/// A map (type 7) of fields already encoded.
fn map(fields: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let fields = fields.iter().map(|(key, value)| [text(key), value.clone()].concat());
    [vec![7 << 5 | fields.len() as u8], fields.collect::<Vec<_>>().concat()].concat()
}

fn metadata(nodes: u8) -> Vec<u8> {
    let number = |number: u8| vec![5 << 5 | 1, number];
    map(&[
        ("binary_format_major_version", number(2)),
        ("binary_format_minor_version", vec![5 << 5]),
        ("build_epoch", vec![1, 2, 1]),
        ("database_type", text("Test-Country")),
        ("description", map(&[])),
        ("ip_version", number(4)),
        ("languages", vec![0, 4]),
        ("node_count", vec![6 << 5 | 1, nodes]),
        ("record_size", number(24)),
    ])
}

fn opened(bytes: &[u8]) -> Result<Countries, CountryError> {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), bytes).unwrap();
    Countries::open(file.path())
}

#[test]
fn addresses_have_countries() {
    // 192.0.2.0/24 and two others, the latter in other makers' forms.
    let countries = opened(&database(&[
        ("110000000000000000000010", &map(&[("country", map(&[("iso_code", text("DE"))]))])),
        ("110001100011001101100100", &map(&[("country_code", text("FR"))])),
        ("110010110000000001110001", &map(&[("country", text("JP"))])),
        ("00001010", &map(&[("country", map(&[("iso_code", text("Deutschland"))]))])),
    ]))
    .unwrap();
    for (address, expected) in [
        ("192.0.2.1", Some("DE")),
        ("::ffff:192.0.2.1", Some("DE")),
        ("198.51.100.9", Some("FR")),
        ("203.0.113.255", Some("JP")),
        ("192.0.3.1", None),
        ("10.0.0.1", None),
        ("2001:db8::1", None),
    ] {
        let found = countries.country(address.parse().unwrap());
        assert_eq!(found.as_ref().map(CountryCode::as_str), expected, "{address}");
    }
}

#[test]
fn what_is_no_database_is_refused() {
    let missing = Countries::open(Path::new("/nowhere/countries.mmdb")).unwrap_err();
    assert!(matches!(missing, CountryError::Io { .. }), "{missing}");
    for bytes in [&b""[..], b"PAR1", b"\xab\xcd\xefMaxMind.com"] {
        let error = opened(bytes).unwrap_err();
        assert!(matches!(error, CountryError::Format { .. }), "{error}");
    }
}

#[test]
fn damage_harms_nobody() {
    let whole =
        database(&[("110000000000000000000010", &map(&[("country", map(&[("iso_code", text("DE"))]))]))]);
    for at in 0..whole.len() {
        for bit in 0..8 {
            let mut damaged = whole.clone();
            damaged[at] ^= 1 << bit;
            if let Ok(reader) = Reader::from_source(damaged) {
                let _ = Countries(reader).country("192.0.2.1".parse().unwrap());
            }
        }
        let _ = Reader::from_source(whole[..at].to_vec());
    }
}

#[test]
fn codes_are_two_capital_letters() {
    for (text, expected) in [
        ("DE", Some("DE")),
        ("de", None),
        ("DEU", None),
        ("D", None),
        ("", None),
        ("XX", None),
        ("ZZ", None),
        ("T1", None),
        ("Ä", None),
    ] {
        assert_eq!(CountryCode::parse(text).as_ref().map(CountryCode::as_str), expected, "{text}");
    }
}
