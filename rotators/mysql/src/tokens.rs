//! The words of the servers' own answers: quoted names and texts are taken whole, whatever they hold. Of one that is not closed, the
//! quote is a sign: part of a name is another name.

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    Word(String),
    Quoted(String),
    Sign(char),
}

impl Token {
    /// A quote that nothing closes.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self, Self::Sign('\'' | '`' | '"'))
    }
}

/// All of a text.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(first) = chars.next() {
        match first {
            '\'' | '`' | '"' => {
                let mut quoted = String::new();
                let mut closed = false;
                while let Some(c) = chars.next() {
                    closed = c == first && chars.peek() != Some(&first);
                    if closed {
                        break;
                    }
                    let escapes = c == first || (c == '\\' && first != '`');
                    quoted.push(if escapes {
                        chars.next().unwrap_or(c)
                    } else {
                        c
                    });
                }
                tokens.push(if closed {
                    Token::Quoted(quoted)
                } else {
                    Token::Sign(first)
                });
            }
            c if c.is_alphanumeric() || c == '_' => {
                let mut word = String::from(c);
                while let Some(c) = chars.next_if(|c| c.is_alphanumeric() || *c == '_') {
                    word.push(c);
                }
                tokens.push(Token::Word(word));
            }
            c if c.is_whitespace() => {}
            c => tokens.push(Token::Sign(c)),
        }
    }
    tokens
}
