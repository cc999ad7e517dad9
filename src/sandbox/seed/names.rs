//! Invented names: companies with their near-duplicates, people, streets.

/// A small mixing function: the same number always gives the same hash.
pub(in crate::sandbox) fn mix(seed: u64, what: u64, n: u64) -> u64 {
    let mut x = seed
        .wrapping_mul(0x9E37_79B9_7F4A_7C15)
        .wrapping_add(what.wrapping_mul(0xBF58_476D_1CE4_E5B9))
        .wrapping_add(n.wrapping_mul(0x94D0_49BB_1331_11EB));
    x ^= x >> 30;
    x = x.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x ^= x >> 27;
    x = x.wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// One of a list, by hash.
pub(in crate::sandbox) fn one<T: Copy>(list: &[T], hash: u64) -> T {
    let len = u64::try_from(list.len()).expect("lists are short");
    list[usize::try_from(hash % len).expect("a remainder of a short list's length is small")]
}

const FIRST: [&str; 36] = [
    "Amber",
    "Boreal",
    "Cobalt",
    "Dunmore",
    "Elmwood",
    "Fairhaven",
    "Granite",
    "Halden",
    "Ivory",
    "Juniper",
    "Kestrel",
    "Larkfield",
    "Marlowe",
    "Nordvik",
    "Oakridge",
    "Pinegate",
    "Quarry",
    "Redfern",
    "Silverton",
    "Thistle",
    "Umberland",
    "Vantage",
    "Westbrook",
    "Yarrow",
    "Zephyr",
    "Ashcombe",
    "Birchwell",
    "Copperhill",
    "Drumlin",
    "Eastmere",
    "Foxglove",
    "Greywater",
    "Hazelmount",
    "Ironbridge",
    "Jasper",
    "Königsfeld",
];

const SECOND: [&str; 24] = [
    "Harbor", "Ridge", "Valley", "Point", "Meadow", "Creek", "Lane", "Forge", "Mill", "Park",
    "Summit", "Bay", "Cross", "Field", "Gate", "Hollow", "Island", "Landing", "Manor", "Orchard",
    "Pier", "Quay", "Spring", "Terrace",
];

const TRADE: [&str; 24] = [
    "Logistics",
    "Dental Care",
    "Consulting",
    "Foods",
    "Legal",
    "Architects",
    "Engineering",
    "Insurance Brokers",
    "Marine",
    "Textiles",
    "Veterinary Clinic",
    "Print & Media",
    "Joinery",
    "Accountants",
    "Travel",
    "Energy",
    "Real Estate",
    "Pharma",
    "Brewing",
    "Robotics",
    "Horticulture",
    "Property Group",
    "Motors",
    "Academy",
];

const FORMS: [&str; 10] =
    ["Ltd", "GmbH", "B.V.", "AB", "Inc.", "LLC", "S.A.", "AG", "ApS", "Pty Ltd"];

const GIVEN: [&str; 20] = [
    "Ada", "Bruno", "Clara", "Dmitri", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Katya",
    "Lars", "Mina", "Nils", "Olga", "Priya", "Quentin", "Rosa", "Sven", "Tilde",
];

const FAMILY: [&str; 20] = [
    "Abbey",
    "Brandt",
    "Castell",
    "Dahl",
    "Ek",
    "Ferro",
    "Grohl",
    "Hallam",
    "Iversen",
    "Jansma",
    "Kovac",
    "Lindqvist",
    "Moreau",
    "Novak",
    "Okafor",
    "Petit",
    "Quist",
    "Rossi",
    "Sato",
    "Tamm",
];

const CITIES: [&str; 14] = [
    "Port Alder",
    "Nyhaven",
    "Grauberg",
    "Lower Finch",
    "Saint Corvin",
    "Velden",
    "Oxmarsh",
    "Brackwater",
    "Tallmoor",
    "Rivermouth",
    "Kirkvale",
    "Stonehythe",
    "Eidsund",
    "Montclair",
];

const STREETS: [&str; 8] = [
    "Station Road",
    "Mill Lane",
    "Harbour Street",
    "Kirchweg",
    "Market Square",
    "Canal Side",
    "Foundry Way",
    "High Street",
];

/// A company's name in its parts.
pub(in crate::sandbox) struct CompanyName {
    /// Without the legal form.
    pub stem: String,
    /// The legal form.
    pub form: &'static str,
}

/// The name of company `i`. In each group of ten, some resemble a neighbour on purpose: another
/// legal form, a subsidiary, a slip of the pen.
pub(in crate::sandbox) fn company(seed: u64, i: u64) -> CompanyName {
    let h = mix(seed, 1, i);
    match i % 10 {
        7 => {
            let of = company(seed, i - 1);
            let mut form = one(&FORMS, h);
            if form == of.form {
                form = one(&FORMS, h + 1);
            }
            CompanyName { stem: of.stem, form }
        }
        8 => {
            let of = company(seed, i - 3);
            let part = one(&["Holding", "Services", "Nord", "International"], h);
            CompanyName { stem: format!("{} {part}", of.stem), form: of.form }
        }
        9 => {
            let of = company(seed, i - 5);
            CompanyName { stem: slip(&of.stem, h), form: of.form }
        }
        _ => {
            // Counted through, so that names repeat as late as possible.
            let n = i + seed % 7;
            let first = FIRST[usize::try_from(n * 5 % 36).expect("a small remainder")];
            let second = SECOND[usize::try_from((n / 36 + n * 7) % 24).expect("a small remainder")];
            let trade = TRADE[usize::try_from((n / 864 + n * 11) % 24).expect("a small remainder")];
            let stem = if n >= 20_736 {
                format!("{first} {second} {trade} {}", one(&CITIES, n / 20_736))
            } else {
                format!("{first} {second} {trade}")
            };
            CompanyName { stem, form: one(&FORMS, h) }
        }
    }
}

/// Two unlike letters swapped somewhere in the first word.
fn slip(name: &str, hash: u64) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    let word = letters.iter().position(|c| *c == ' ').unwrap_or(letters.len());
    let places: Vec<usize> =
        (1..word.saturating_sub(1)).filter(|at| letters[*at] != letters[at + 1]).collect();
    if !places.is_empty() {
        let at = one(&places, hash);
        letters.swap(at, at + 1);
    }
    letters.into_iter().collect()
}

/// The name as the Platform has it: not always as the PSA does.
pub(in crate::sandbox) fn platform_name(name: &CompanyName, hash: u64) -> String {
    let CompanyName { stem, form } = name;
    match hash % 8 {
        0 => stem.clone(),
        1 => format!("{stem}, {form}"),
        2 => format!("{} {form}", stem.to_uppercase()),
        3 => format!("{stem} {}", form.replace('.', "")),
        4 => format!("{} {form}", stem.replace('&', "and")),
        _ => format!("{stem} {form}"),
    }
}

/// First and last name of a person.
pub(in crate::sandbox) fn person(hash: u64) -> (&'static str, &'static str) {
    (one(&GIVEN, hash), one(&FAMILY, hash / 20))
}

/// A city.
pub(in crate::sandbox) fn city(hash: u64) -> &'static str {
    one(&CITIES, hash)
}

/// A street with a number.
pub(in crate::sandbox) fn street(hash: u64) -> String {
    format!("{} {}", one(&STREETS, hash), hash / 8 % 190 + 1)
}

/// A host name out of a company's stem.
pub(in crate::sandbox) fn domain(stem: &str) -> String {
    let letters: String =
        stem.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    format!("{letters}.example")
}
