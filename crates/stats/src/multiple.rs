//! Several questions answered side by side: how sure is each, given that all were asked? Knows nothing of what is tested.

/// P-values adjusted so that those at or below `q` are the discoveries of Benjamini & Hochberg (1995, Journal of the Royal
/// Statistical Society B 57:289) at false discovery rate `q`, in the order given.
///
/// > p*₍ᵢ₎ = min over j ≥ i of m·p₍ⱼ₎/j, at most 1
///
/// Where no difference is real, some is discovered with probability `q` at most. A p-value that is no number counts as 1.
pub fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    let known = |p: f64| if p.is_nan() { 1.0 } else { p.clamp(0.0, 1.0) };
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| known(p_values[b]).total_cmp(&known(p_values[a])));
    let mut adjusted = vec![1.0; p_values.len()];
    let mut least = 1.0_f64;
    for (rank, at) in (1..=p_values.len()).rev().zip(order) {
        least = least.min(known(p_values[at]) * p_values.len() as f64 / rank as f64);
        adjusted[at] = least;
    }
    adjusted
}
