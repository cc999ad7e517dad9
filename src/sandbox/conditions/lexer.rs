//! Text to tokens.

use std::str::FromStr;

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::Op;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// A field's path or a word of the language.
    Word(String),
    Text(String),
    Number(Decimal),
    Time(Timestamp),
    Op(Op),
    Open,
    Close,
    Comma,
}

/// Splits a condition into tokens.
///
/// Inside quotes a backslash escapes the next quote or backslash, and a doubled quote stands for
/// one: both are in use by public clients (connectwise-api.md 4.2).
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    let mut i = 0;
    while let Some(&c) = chars.get(i) {
        match c {
            c if c.is_whitespace() => i += 1,
            '(' => push(&mut out, &mut i, Token::Open, 1),
            ')' => push(&mut out, &mut i, Token::Close, 1),
            ',' => push(&mut out, &mut i, Token::Comma, 1),
            '=' => {
                let len = if chars.get(i + 1) == Some(&'=') { 2 } else { 1 };
                push(&mut out, &mut i, Token::Op(Op::Equal), len);
            }
            '!' if chars.get(i + 1) == Some(&'=') => {
                push(&mut out, &mut i, Token::Op(Op::NotEqual), 2);
            }
            '<' if chars.get(i + 1) == Some(&'=') => {
                push(&mut out, &mut i, Token::Op(Op::LessOrEqual), 2);
            }
            '<' if chars.get(i + 1) == Some(&'>') => {
                push(&mut out, &mut i, Token::Op(Op::NotEqual), 2);
            }
            '<' => push(&mut out, &mut i, Token::Op(Op::Less), 1),
            '>' if chars.get(i + 1) == Some(&'=') => {
                push(&mut out, &mut i, Token::Op(Op::GreaterOrEqual), 2);
            }
            '>' => push(&mut out, &mut i, Token::Op(Op::Greater), 1),
            '"' | '\'' => out.push(quoted(&chars, &mut i)?),
            '[' => out.push(bracketed(&chars, &mut i)?),
            c if c.is_ascii_digit() || c == '-' || c == '.' => {
                let from = i;
                i += 1;
                while chars.get(i).is_some_and(|c| c.is_ascii_digit() || *c == '.') {
                    i += 1;
                }
                let word: String = chars[from..i].iter().collect();
                let number =
                    Decimal::from_str(&word).map_err(|_| format!("{word} is no number"))?;
                out.push(Token::Number(number));
            }
            c if c.is_alphabetic() || c == '_' => {
                let from = i;
                while chars.get(i).is_some_and(|c| c.is_alphanumeric() || "_/.".contains(*c)) {
                    i += 1;
                }
                out.push(Token::Word(chars[from..i].iter().collect()));
            }
            other => return Err(format!("unexpected '{other}' at position {}", i + 1)),
        }
    }
    Ok(out)
}

fn push(out: &mut Vec<Token>, i: &mut usize, token: Token, len: usize) {
    out.push(token);
    *i += len;
}

fn quoted(chars: &[char], i: &mut usize) -> Result<Token, String> {
    let quote = chars[*i];
    let from = *i;
    let mut text = String::new();
    *i += 1;
    loop {
        match chars.get(*i) {
            None => return Err(format!("the quote at position {} is not closed", from + 1)),
            Some('\\') if matches!(chars.get(*i + 1), Some('\\' | '"' | '\'')) => {
                text.push(chars[*i + 1]);
                *i += 2;
            }
            Some(&c) if c == quote => {
                if chars.get(*i + 1) != Some(&quote) {
                    *i += 1;
                    return Ok(Token::Text(text));
                }
                text.push(quote);
                *i += 2;
            }
            Some(&c) => {
                text.push(c);
                *i += 1;
            }
        }
    }
}

fn bracketed(chars: &[char], i: &mut usize) -> Result<Token, String> {
    let from = *i + 1;
    let Some(len) = chars[from..].iter().position(|&c| c == ']') else {
        return Err(format!("the bracket at position {from} is not closed"));
    };
    let text: String = chars[from..from + len].iter().collect();
    *i = from + len + 1;
    let whole = if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.clone() };
    match crate::sandbox::values::day(&whole) {
        Some(_) => whole.parse().map(Token::Time).map_err(|_| format!("[{text}] is no date")),
        None => Err(format!("[{text}] is no date; dates are written [2026-12-01T00:00:00Z]")),
    }
}
