//! The stack machine.

mod objects;

use std::collections::HashMap;

use super::{Id, Name, Node};
use crate::error::ImportError;

/// Values that are believed; those of a network with a thousand tensors are some ten thousand.
const MAX_NODES: usize = 2_000_000;

/// A pickle that is being read.
#[derive(Debug)]
pub(super) struct Machine<'a> {
    rest: &'a [u8],
    nodes: Vec<Node>,
    stack: Vec<Id>,
    marks: Vec<usize>,
    memo: HashMap<u32, Id>,
}

impl<'a> Machine<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let (nodes, stack, marks) = (Vec::new(), Vec::new(), Vec::new());
        Self { rest: bytes, nodes, stack, marks, memo: HashMap::new() }
    }

    pub(super) fn into_nodes(self) -> Vec<Node> {
        self.nodes
    }

    /// Runs to the end and gives the value on top.
    pub(super) fn run(&mut self) -> Result<Id, ImportError> {
        loop {
            if self.nodes.len() > MAX_NODES {
                return Err(bad("it has millions of values"));
            }
            let opcode = self.byte()?;
            if opcode == b'.' {
                return self.pop();
            }
            self.step(opcode)?;
        }
    }

    fn step(&mut self, opcode: u8) -> Result<(), ImportError> {
        match opcode {
            0x80 => self.take(1).map(|_| ()),
            // A frame says how much follows, which is of no use here.
            0x95 => self.take(8).map(|_| ()),
            b'(' => {
                self.marks.push(self.stack.len());
                Ok(())
            }
            b'0' => self.pop().map(|_| ()),
            b'N' | 0x88 | 0x89 => self.push(Node::Other),
            b'G' => self.take(8).map(|_| ()).and_then(|()| self.push(Node::Other)),
            b'J' => {
                let number = i32::from_le_bytes(self.array()?);
                self.push(Node::Int(number.into()))
            }
            b'K' => {
                let number = self.byte()?;
                self.push(Node::Int(number.into()))
            }
            b'M' => {
                let number = u16::from_le_bytes(self.array()?);
                self.push(Node::Int(number.into()))
            }
            0x8a => self.long(),
            b'X' => {
                let length = u32::from_le_bytes(self.array()?) as usize;
                self.text(length)
            }
            0x8c => {
                let length = self.byte()?.into();
                self.text(length)
            }
            b'U' | b'C' => {
                let length = self.byte()?.into();
                self.take(length).map(|_| ())?;
                self.push(Node::Other)
            }
            b'T' | b'B' => {
                let length = u32::from_le_bytes(self.array()?) as usize;
                self.take(length).map(|_| ())?;
                self.push(Node::Other)
            }
            b')' => self.push(Node::Tuple(Vec::new())),
            b']' => self.push(Node::List(Vec::new())),
            b'}' => self.push(Node::Dict(Vec::new())),
            b't' => {
                let items = self.marked()?;
                self.push(Node::Tuple(items))
            }
            0x85..=0x87 => {
                let from = self.stack.len().checked_sub(usize::from(opcode - 0x84));
                let items = self.stack.split_off(from.ok_or_else(short)?);
                self.push(Node::Tuple(items))
            }
            b'a' => {
                let item = self.pop()?;
                self.append(&[item])
            }
            b'e' => {
                let items = self.marked()?;
                self.append(&items)
            }
            b's' => {
                let value = self.pop()?;
                let key = self.pop()?;
                self.set(&[key, value])
            }
            b'u' => {
                let items = self.marked()?;
                self.set(&items)
            }
            b'q' => {
                let slot = self.byte()?.into();
                self.remember(slot)
            }
            b'r' => {
                let slot = u32::from_le_bytes(self.array()?);
                self.remember(slot)
            }
            0x94 => self.remember(self.memo.len() as u32),
            b'h' => {
                let slot = self.byte()?.into();
                self.recall(slot)
            }
            b'j' => {
                let slot = u32::from_le_bytes(self.array()?);
                self.recall(slot)
            }
            b'c' => {
                let (module, name) = (self.line()?, self.line()?);
                self.name(&module, &name)
            }
            0x93 => {
                let (name, module) = (self.pop()?, self.pop()?);
                match (&self.nodes[module], &self.nodes[name]) {
                    (Node::Text(module), Node::Text(name)) => {
                        let (module, name) = (module.clone(), name.clone());
                        self.name(&module, &name)
                    }
                    _ => Err(bad("a name is no text")),
                }
            }
            b'Q' => self.storage(),
            b'R' => self.call(),
            0x81 => self.object(),
            b'b' => self.build(),
            // `INST` and `OBJ` name a class and call it, as the extension registry does.
            b'i' => {
                let (module, name) = (self.line()?, self.line()?);
                Err(ImportError::Refused { name: format!("{module}.{name}") })
            }
            other => Err(bad(&format!("opcode 0x{other:02x} has no business in a state dict"))),
        }
    }

    fn name(&mut self, module: &str, name: &str) -> Result<(), ImportError> {
        match Name::known(module, name) {
            Some(known) => self.push(Node::Name(known)),
            None => Err(ImportError::Refused { name: format!("{module}.{name}") }),
        }
    }

    fn append(&mut self, items: &[Id]) -> Result<(), ImportError> {
        let list = *self.stack.last().ok_or_else(short)?;
        match &mut self.nodes[list] {
            Node::List(list) => list.extend_from_slice(items),
            _ => return Err(bad("items are appended to something that is no list")),
        }
        Ok(())
    }

    fn set(&mut self, items: &[Id]) -> Result<(), ImportError> {
        let dict = *self.stack.last().ok_or_else(short)?;
        let (pairs, []) = items.as_chunks::<2>() else { return Err(bad("a key has no value")) };
        match &mut self.nodes[dict] {
            Node::Dict(dict) => dict.extend(pairs.iter().map(|&[key, value]| (key, value))),
            _ => return Err(bad("keys are set in something that is no dict")),
        }
        Ok(())
    }

    fn long(&mut self) -> Result<(), ImportError> {
        let length = self.byte()?.into();
        let bytes = self.take(length)?;
        let node = match bytes.len() {
            0 => Node::Int(0),
            n @ 1..=8 => {
                let sign = if bytes[n - 1] & 0x80 != 0 { 0xFF } else { 0 };
                let full = std::array::from_fn(|i| bytes.get(i).copied().unwrap_or(sign));
                Node::Int(i64::from_le_bytes(full))
            }
            _ => Node::Other,
        };
        self.push(node)
    }

    fn text(&mut self, length: usize) -> Result<(), ImportError> {
        let bytes = self.take(length)?;
        let text = std::str::from_utf8(bytes).map_err(|_| bad("a text is not UTF-8"))?.to_owned();
        self.push(Node::Text(text))
    }

    fn push(&mut self, node: Node) -> Result<(), ImportError> {
        self.stack.push(self.nodes.len());
        self.nodes.push(node);
        Ok(())
    }

    /// The value on top, which must be above the last mark.
    fn pop(&mut self) -> Result<Id, ImportError> {
        if self.marks.last().is_some_and(|&mark| self.stack.len() <= mark) {
            return Err(short());
        }
        self.stack.pop().ok_or_else(short)
    }

    /// Everything above the last mark.
    fn marked(&mut self) -> Result<Vec<Id>, ImportError> {
        let mark = self.marks.pop().ok_or_else(short)?;
        if mark > self.stack.len() {
            return Err(short());
        }
        Ok(self.stack.split_off(mark))
    }

    fn remember(&mut self, slot: u32) -> Result<(), ImportError> {
        let top = *self.stack.last().ok_or_else(short)?;
        self.memo.insert(slot, top);
        Ok(())
    }

    fn recall(&mut self, slot: u32) -> Result<(), ImportError> {
        let id = *self.memo.get(&slot).ok_or_else(|| bad("it recalls what it never kept"))?;
        self.stack.push(id);
        Ok(())
    }

    fn line(&mut self) -> Result<String, ImportError> {
        let end = self.rest.iter().position(|&byte| byte == b'\n').ok_or_else(cut)?;
        let line = self.take(end)?;
        let line = String::from_utf8_lossy(line).into_owned();
        self.take(1)?;
        Ok(line)
    }

    fn byte(&mut self) -> Result<u8, ImportError> {
        self.take(1).map(|bytes| bytes[0])
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ImportError> {
        self.take(N)?.try_into().map_err(|_| cut())
    }

    fn take(&mut self, n: usize) -> Result<&'a [u8], ImportError> {
        let (taken, rest) = self.rest.split_at_checked(n).ok_or_else(cut)?;
        self.rest = rest;
        Ok(taken)
    }
}

fn bad(reason: &str) -> ImportError {
    ImportError::malformed("PyTorch", reason)
}

fn short() -> ImportError {
    bad("its pickle takes more than it has put down")
}

fn cut() -> ImportError {
    bad("its pickle is cut off")
}
