//! Characters brought to plain lower-case ASCII: accents, umlauts, other scripts.

/// Whole words of scripts that are written without spaces, as the words that they stand for. They
/// are looked for before single characters are.
const UNSPACED: &[(&str, &str)] = &[
    ("株式会社", " kk "),
    ("(株)", " kk "),
    ("㈱", " kk "),
    ("有限会社", " yk "),
    ("合同会社", " gk "),
    ("주식회사", " jusik "),
    ("(주)", " jusik "),
    ("㈜", " jusik "),
    ("유한회사", " yuhan "),
    ("股份有限公司", " co ltd "),
    ("有限责任公司", " co ltd "),
    ("有限責任公司", " co ltd "),
    ("有限公司", " co ltd "),
    ("公司", " company "),
    ("集团", " group "),
    ("集團", " group "),
    ("그룹", " group "),
    ("グループ", " group "),
    ("ホールディングス", " holdings "),
    ("控股", " holdings "),
    ("银行", " bank "),
    ("銀行", " bank "),
    ("은행", " bank "),
    ("大学", " university "),
    ("大學", " university "),
    ("대학교", " university "),
    ("医院", " hospital "),
    ("病院", " hospital "),
    ("병원", " hospital "),
    ("保险", " insurance "),
    ("保険", " insurance "),
    ("保險", " insurance "),
    ("证券", " securities "),
    ("証券", " securities "),
    ("科技", " technology "),
    ("技术", " technology "),
    ("技術", " technology "),
    ("电子", " electronics "),
    ("電子", " electronics "),
    ("전자", " electronics "),
    ("电气", " electric "),
    ("電気", " electric "),
    ("電機", " electric "),
    ("工业", " industries "),
    ("工業", " industries "),
    ("自動車", " motor "),
    ("汽车", " motor "),
    ("자동차", " motor "),
    ("石油", " petroleum "),
    ("化学", " chemical "),
    ("化工", " chemical "),
    ("화학", " chemical "),
    ("製薬", " pharmaceutical "),
    ("制药", " pharmaceutical "),
    ("建设", " construction "),
    ("建設", " construction "),
    ("건설", " construction "),
    ("国际", " international "),
    ("國際", " international "),
    ("国際", " international "),
    ("贸易", " trading "),
    ("商事", " trading "),
    ("中国", " china "),
    ("中國", " china "),
    ("日本", " japan "),
    ("한국", " korea "),
    ("北京", " beijing "),
    ("上海", " shanghai "),
    ("深圳", " shenzhen "),
    ("東京", " tokyo "),
    ("大阪", " osaka "),
    ("서울", " seoul "),
];

/// The text with words of unspaced scripts replaced; most texts have none and are not copied.
pub(super) fn spaced(name: &str) -> std::borrow::Cow<'_, str> {
    if name.chars().all(|c| u32::from(c) < 0x2e80) {
        return name.into();
    }
    let mut out = name.to_owned();
    for (from, to) in UNSPACED {
        if out.contains(from) {
            out = out.replace(from, to);
        }
    }
    out.into()
}

/// Whether each character is a word, or part of one, by itself.
pub(super) fn is_ideograph(c: char) -> bool {
    matches!(u32::from(c), 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff)
}

/// Writes a character as lower-case ASCII letters and digits; nothing for one that has none.
pub(super) fn fold(c: char, out: &mut Vec<u8>) {
    if c.is_ascii() {
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase() as u8);
        }
        return;
    }
    let plain = any_ascii::any_ascii_char(c).bytes();
    out.extend(plain.filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_lowercase()));
}

/// One spelling for umlauts that are written out and those that are not: `mueller`, `muller`.
pub(super) fn without_umlauts(word: &mut Vec<u8>) {
    if word.len() < 4 || word.iter().any(u8::is_ascii_digit) {
        return;
    }
    let mut kept = 1;
    for i in 1..word.len() {
        // Not at the end: `blue`, `shoe` are no umlauts, and neither is the `ue` of `queen`.
        let written_out = word[i] == b'e'
            && matches!(word[i - 1], b'a' | b'o' | b'u')
            && i + 1 < word.len()
            && !(i >= 2 && word[i - 1] == b'u' && word[i - 2] == b'q');
        if !written_out {
            word[kept] = word[i];
            kept += 1;
        }
    }
    word.truncate(kept);
}
