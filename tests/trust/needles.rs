//! Looking for secrets in bytes: plain, and in the forms that a program might have made of them.

use std::path::Path;

use data_encoding::{BASE64, BASE64URL, HEXLOWER, HEXUPPER};

/// A secret, and everything that would give it away.
pub struct Needles(Vec<(String, Vec<u8>)>);

impl Needles {
    /// All forms of these secrets.
    pub fn of(secrets: &[&str]) -> Self {
        let mut all = Vec::new();
        for secret in secrets {
            let bytes = secret.as_bytes();
            let mut add =
                |form: &str, bytes: Vec<u8>| all.push((format!("{secret} ({form})"), bytes));
            add("plain", bytes.to_vec());
            add("hex", HEXLOWER.encode(bytes).into_bytes());
            add("HEX", HEXUPPER.encode(bytes).into_bytes());
            add("UTF-16", secret.encode_utf16().flat_map(u16::to_le_bytes).collect());
            add("percent", secret.bytes().flat_map(|b| format!("%{b:02X}").into_bytes()).collect());
            // Base64 inside a longer text, such as Basic authorization, at each of its alignments:
            // what the neighbours touch is cut off.
            for skip in 0..3_usize {
                let padded: Vec<u8> =
                    vec![0; skip].into_iter().chain(bytes.iter().copied()).collect();
                let from = (skip * 8).div_ceil(6);
                let upto = padded.len() * 8 / 6;
                for encoding in [&BASE64, &BASE64URL] {
                    let text = encoding.encode(&padded);
                    add("base64", text.as_bytes()[from..upto].to_vec());
                }
            }
        }
        Self(all)
    }

    /// What of it stands in the bytes.
    pub fn found_in(&self, bytes: &[u8]) -> Vec<&str> {
        let is_in = |needle: &Vec<u8>| memchr::memmem::find(bytes, needle).is_some();
        self.0.iter().filter(|(_, needle)| is_in(needle)).map(|(name, _)| name.as_str()).collect()
    }

    /// Looks through all files below a folder; gives how many there were.
    #[track_caller]
    pub fn are_in_no_file_of(&self, folder: &Path) -> usize {
        let mut looked = 0;
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                looked += self.are_in_no_file_of(&path);
            } else if path.is_file() {
                looked += 1;
                let found = self.found_in(&std::fs::read(&path).unwrap());
                assert!(found.is_empty(), "{} gives away {found:?}", path.display());
                let name = path.file_name().unwrap_or_default().as_encoded_bytes();
                assert!(self.found_in(name).is_empty(), "{}", path.display());
            }
        }
        looked
    }
}

/// A search that finds nothing anywhere would prove nothing.
#[test]
fn every_form_is_found_where_it_stands() {
    let needles = Needles::of(&["CANARYprv9Zk2LmT"]);
    for before in ["", "a", "ab", "company+public:"] {
        let code = BASE64.encode(format!("{before}CANARYprv9Zk2LmT").as_bytes());
        assert!(!needles.found_in(format!("Basic {code}").as_bytes()).is_empty(), "{before}");
        let code = BASE64URL.encode(format!("{before}CANARYprv9Zk2LmT and more").as_bytes());
        assert!(!needles.found_in(code.as_bytes()).is_empty(), "{before}");
    }
    let wide: Vec<u8> = "xCANARYprv9Zk2LmT".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for text in [
        &b"..CANARYprv9Zk2LmT.."[..],
        b"43414e415259707276395a6b324c6d54",
        b"%43%41%4E%41%52%59%70%72%76%39%5A%6B%32%4C%6D%54",
        &wide,
    ] {
        assert!(!needles.found_in(text).is_empty(), "{text:?}");
    }
    assert!(needles.found_in(b"CANARYprv9Zk2Lm").is_empty());
}
