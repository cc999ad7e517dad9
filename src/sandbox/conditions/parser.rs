//! Tokens to a condition. `AND` binds tighter than `OR`; words of the language in any case.

use super::lexer::{Token, tokens};
use super::{Expr, Literal, Op, Test};

/// How deep parentheses and `not` may nest: nobody writes more, and the stack is finite.
const DEPTH: usize = 64;

/// Reads a condition.
///
/// # Errors
/// What is wrong with it, for people.
pub(in crate::sandbox) fn parse(text: &str) -> Result<Expr, String> {
    let mut p = Parser { tokens: tokens(text)?, at: 0, depth: 0 };
    let expr = p.any_of()?;
    match p.peek() {
        None => Ok(expr),
        Some(t) => Err(format!("unexpected {} after the condition", name(t))),
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += usize::from(token.is_some());
        token
    }

    fn word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Word(w)) if w.eq_ignore_ascii_case(word));
        self.at += usize::from(found);
        found
    }

    fn any_of(&mut self) -> Result<Expr, String> {
        let mut list = vec![self.all_of()?];
        while self.word("or") {
            list.push(self.all_of()?);
        }
        Ok(if list.len() == 1 { list.remove(0) } else { Expr::Or(list) })
    }

    fn all_of(&mut self) -> Result<Expr, String> {
        let mut list = vec![self.one()?];
        while self.word("and") {
            list.push(self.one()?);
        }
        Ok(if list.len() == 1 { list.remove(0) } else { Expr::And(list) })
    }

    fn one(&mut self) -> Result<Expr, String> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(format!("more than {DEPTH} parentheses inside each other"));
        }
        let expr = if self.word("not") {
            Expr::Not(Box::new(self.one()?))
        } else if self.peek() == Some(&Token::Open) {
            self.at += 1;
            let inner = self.any_of()?;
            match self.next() {
                Some(Token::Close) => inner,
                _ => return Err("a parenthesis is not closed".into()),
            }
        } else {
            self.test()?
        };
        self.depth -= 1;
        Ok(expr)
    }

    fn test(&mut self) -> Result<Expr, String> {
        let path = match self.next() {
            Some(Token::Word(w)) => w,
            Some(t) => return Err(format!("a field was expected, not {}", name(&t))),
            None => return Err("a field was expected at the end".into()),
        };
        let path: Vec<String> = path.split('/').map(str::to_owned).collect();
        if path.iter().any(String::is_empty) {
            return Err("a field's path has an empty part".into());
        }
        let negated = self.word("not");
        let op = match self.next() {
            Some(Token::Op(op)) if !negated => op,
            Some(Token::Word(w)) if w.eq_ignore_ascii_case("contains") => Op::Contains,
            Some(Token::Word(w)) if w.eq_ignore_ascii_case("like") => Op::Like,
            Some(Token::Word(w)) if w.eq_ignore_ascii_case("in") => Op::In,
            Some(t) => return Err(format!("an operator was expected, not {}", name(&t))),
            None => return Err("an operator was expected at the end".into()),
        };
        let values = if op == Op::In { self.list()? } else { vec![self.value()?] };
        if matches!(op, Op::Contains | Op::Like) && !matches!(values[0], Literal::Text(_)) {
            return Err("contains and like need a text in quotes".into());
        }
        let test = Expr::Test(Test { path, op, values });
        Ok(if negated { Expr::Not(Box::new(test)) } else { test })
    }

    fn list(&mut self) -> Result<Vec<Literal>, String> {
        if self.next() != Some(Token::Open) {
            return Err("in needs a list in parentheses".into());
        }
        let mut values = vec![self.value()?];
        loop {
            match self.next() {
                Some(Token::Comma) => values.push(self.value()?),
                Some(Token::Close) => return Ok(values),
                _ => return Err("a list is not closed".into()),
            }
        }
    }

    fn value(&mut self) -> Result<Literal, String> {
        Ok(match self.next() {
            Some(Token::Text(t)) => Literal::Text(t),
            Some(Token::Number(n)) => Literal::Number(n),
            Some(Token::Time(t)) => Literal::Time(t),
            Some(Token::Word(w)) if w.eq_ignore_ascii_case("true") => Literal::Flag(true),
            Some(Token::Word(w)) if w.eq_ignore_ascii_case("false") => Literal::Flag(false),
            Some(Token::Word(w)) if w.eq_ignore_ascii_case("null") => Literal::Null,
            Some(t) => return Err(format!("a value was expected, not {}", name(&t))),
            None => return Err("a value was expected at the end".into()),
        })
    }
}

fn name(token: &Token) -> String {
    match token {
        Token::Word(w) => format!("'{w}'"),
        Token::Text(t) => format!("\"{t}\""),
        Token::Number(n) => n.to_string(),
        Token::Time(t) => format!("[{t}]"),
        Token::Op(_) => "an operator".into(),
        Token::Open => "'('".into(),
        Token::Close => "')'".into(),
        Token::Comma => "','".into(),
    }
}
