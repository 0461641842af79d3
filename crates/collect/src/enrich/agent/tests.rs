use super::*;

fn check(line: &str) -> Result<(), String> {
    let fields: Vec<&str> = line.split('\t').collect();
    let [device, browser, os, text] = fields[..] else { return Err(format!("four fields: {line}")) };
    let agent = Agent::of(text);
    let found = [agent.device.as_str(), agent.browser, agent.os];
    if found == [device, browser, os] && agent.bot.is_none() {
        return Ok(());
    }
    Err(format!("{found:?} {:?} instead of {line}", agent.bot))
}

#[test]
fn user_agents_are_read() {
    let lines = include_str!("../../../testdata/agents.tsv").lines().filter(|line| !line.starts_with('#'));
    let wrong: Vec<String> = lines.filter_map(|line| check(line).err()).collect();
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn rows_fit_their_bits() {
    assert!(BROWSERS.len() < 255 && SYSTEMS.len() < 63 && DEVICES.len() < 63 && BotReason::ALL.len() < 15);
}

#[test]
fn no_row_is_hidden_by_an_earlier_one() {
    fn hidden<T: PartialEq>(table: &[(&'static str, T)]) -> Vec<&'static str> {
        let hides = |at: usize, sign: &str| table[..at].iter().any(|(earlier, _)| sign.contains(earlier));
        table
            .iter()
            .enumerate()
            .filter(|(at, (sign, _))| hides(*at, sign))
            .map(|(_, (sign, _))| *sign)
            .collect()
    }
    assert_eq!(hidden(&BROWSERS), [""; 0]);
    assert_eq!(hidden(&SYSTEMS), [""; 0]);
    assert_eq!(hidden(&DEVICES), [""; 0]);
}

#[test]
fn long_and_strange_texts_are_borne() {
    for text in ["é".repeat(600), "\0\u{7f}\u{202e}".to_owned(), "Mozilla/".repeat(20_000)] {
        let agent = Agent::of(&text);
        assert_eq!((agent.device, agent.browser, agent.os), (Device::Other, "", ""));
    }
    let padded = format!("{}Firefox/143.0", "x".repeat(LONGEST_AGENT));
    assert_eq!(Agent::of(&padded).browser, "");
}
