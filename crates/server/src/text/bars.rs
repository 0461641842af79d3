//! Bars and sparklines of block characters.

/// A bar for a share in [0, 1], so many characters wide, to an eighth of one; anything above nothing is seen.
pub(crate) fn bar(share: f64, width: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a share of a terminal's width"
    )]
    let filled = (share.clamp(0.0, 1.0) * width as f64 * 8.0).round() as usize;
    let filled = if share > 0.0 { filled.max(1) } else { 0 };
    format!("{}{}", "█".repeat(filled / 8), EIGHTHS[filled % 8])
}

/// Counts as a line of bars, the highest of which is full. Several neighbours share a bar when there are more than
/// `width`; also gives how many.
pub(crate) fn sparkline(counts: &[u64], width: usize) -> (String, usize) {
    const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let each = counts.len().div_ceil(width.max(1)).max(1);
    let sums: Vec<u64> = counts.chunks(each).map(|some| some.iter().sum()).collect();
    let highest = sums.iter().copied().max().unwrap_or(0).max(1);
    let level = |sum: &u64| LEVELS[usize::try_from((sum * 7).div_ceil(highest)).unwrap_or(7).min(7)];
    (sums.iter().map(level).collect(), each)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_the_share() {
        for (share, text) in
            [(1.0, "████"), (0.5, "██"), (0.0, ""), (0.0001, "▏"), (0.3, "█▎"), (7.0, "████")]
        {
            assert_eq!(bar(share, 4), text, "{share}");
        }
    }

    #[test]
    fn sparklines_fit_their_width() {
        assert_eq!(sparkline(&[0, 1, 7], 10), ("▁▂█".to_owned(), 1));
        assert_eq!(sparkline(&[1, 1, 2, 2, 4], 3), ("▅██".to_owned(), 2));
        assert_eq!(sparkline(&[], 3), (String::new(), 1));
        assert_eq!(sparkline(&[0, 0], 3), ("▁▁".to_owned(), 1));
    }
}
