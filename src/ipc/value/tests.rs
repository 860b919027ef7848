//! The format by itself: spelling, alignment, and input from anybody.

use super::{
    FormatError, ViewClass, copy,
    decode::{Builder, Hosted, Objects, decode},
    hex::{bytes, hex},
    reader::{Container, End, ErrorPart, Leaf, Primitive, Reader, Text, Token, ViewPart},
    tag,
    writer::Writer,
};

/// A value as text, as far as a test wants to see it.
#[derive(Default)]
struct Outline {
    /// What was read of each object.
    objects: Vec<String>,
    steps: usize,
}

type Number = usize;

impl Outline {
    fn add(&mut self, text: impl Into<String>) -> Result<Number, FormatError> {
        self.steps += 1;
        self.objects.push(text.into());
        Ok(self.objects.len() - 1)
    }
}

impl Builder for Outline {
    type Value = Number;
    type Key = String;
    type Error = FormatError;

    fn primitive(&mut self, primitive: Primitive<'_>) -> Result<Number, FormatError> {
        self.add(format!("{primitive:?}"))
    }

    fn leaf(&mut self, leaf: Leaf<'_>) -> Result<Number, FormatError> {
        self.add(format!("{leaf:?}"))
    }

    fn reference(&mut self, _: u32, value: &Number) -> Result<Number, FormatError> {
        Ok(*value)
    }

    fn view(&mut self, buffer: &Number, part: ViewPart) -> Result<Number, FormatError> {
        self.add(format!("{:?} of {buffer}", part.class))
    }

    fn begin(&mut self, container: Container) -> Result<Number, FormatError> {
        self.add(format!("{container:?}"))
    }

    fn key(&mut self, primitive: Primitive<'_>) -> Result<String, FormatError> {
        Ok(format!("{primitive:?}"))
    }

    fn property(&mut self, object: &Number, key: String, value: Number) -> Done {
        self.objects[*object] += &format!(" {key}={value}");
        Ok(())
    }

    fn element(&mut self, array: &Number, index: u32, value: Option<Number>) -> Done {
        self.objects[*array] += &format!(" [{index}]={value:?}");
        Ok(())
    }

    fn entry(&mut self, map: &Number, key: Number, value: Number) -> Done {
        self.objects[*map] += &format!(" {key}=>{value}");
        Ok(())
    }

    fn member(&mut self, set: &Number, value: Number) -> Done {
        self.objects[*set] += &format!(" {value}");
        Ok(())
    }

    fn error_part(&mut self, error: &Number, part: ErrorPart<'_>) -> Done {
        self.objects[*error] += &format!(" {part:?}");
        Ok(())
    }

    fn cause(&mut self, error: &Number, value: Number) -> Done {
        self.objects[*error] += &format!(" cause={value}");
        Ok(())
    }

    fn end(&mut self, _: &Number, _: End) -> Done {
        Ok(())
    }

    fn host(
        &mut self,
        reader: &mut Reader<'_>,
        _: &mut Objects<Number>,
    ) -> Result<Hosted<Number>, FormatError> {
        Ok(match copy::channel_view(reader)? {
            Some((class, bytes)) => Hosted::Value(self.add(format!("{class:?} {bytes:?}"))?),
            None => Hosted::Nested,
        })
    }
}

type Done = Result<(), FormatError>;

fn outline(input: &[u8]) -> Result<Outline, FormatError> {
    let mut reader = Reader::new(input);
    reader.header()?;
    let mut outline = Outline::default();
    decode(&mut reader, &mut Objects::default(), &mut outline)?;
    Ok(outline)
}

#[test]
fn integers_and_doubles_are_spelled_as_v8_does() {
    let spelled = |write: &dyn Fn(&mut Writer)| {
        let mut writer = Writer::default();
        write(&mut writer);
        hex(&writer.into_bytes())
    };
    let table: [(f64, &str); 9] = [
        (0.0, "4900"),
        (1.0, "4902"),
        (-1.0, "4901"),
        (64.0, "498001"),
        (2_147_483_647.0, "49feffffff0f"),
        (-2_147_483_648.0, "49ffffffff0f"),
        (2_147_483_648.0, "4e000000000000e041"),
        (-0.0, "4e0000000000000080"),
        (1.5, "4e000000000000f83f"),
    ];
    for (number, expected) in table {
        assert_eq!(spelled(&|writer| writer.number(number)), expected, "{number}");
    }
    assert_eq!(spelled(&|writer| writer.varint(u64::MAX)), "ffffffffffffffffff01");
    assert_eq!(
        spelled(&|writer| writer.big_int(true, [1, 2].into_iter())),
        format!("21{:0<16}{:0<16}", "01", "02")
    );
}

#[test]
fn every_integer_comes_back() {
    for shift in 0..32 {
        for number in [1_i32 << shift, (1_i32 << shift).wrapping_sub(1), -(1_i32 << (shift % 31))] {
            let mut writer = Writer::default();
            writer.int32(number);
            let written = writer.into_bytes();
            let token = Reader::new(&written).next();
            assert_eq!(token, Ok(Token::Primitive(Primitive::Int32(number))));
        }
    }
    for value in [0, 127, 128, 1 << 32, u64::MAX] {
        let mut writer = Writer::default();
        writer.varint(value);
        assert_eq!(Reader::new(&writer.into_bytes()).varint64(), Ok(value));
    }
}

#[test]
fn two_byte_strings_begin_at_even_offsets() {
    for before in 0..4 {
        for length in [0_usize, 1, 63, 64, 200] {
            let mut writer = Writer::after(vec![9; 3]);
            writer.raw(&vec![b'-'; before]);
            writer.utf16(vec![0x4E16_u16; length].into_iter());
            let written = writer.into_bytes();
            let data = written.len() - 3 - length * 2;
            assert_eq!(data % 2, 0, "{before} {length}");
            let mut reader = Reader::new(&written[3 + before..]);
            let expected = [0x16, 0x4E].repeat(length);
            assert_eq!(
                reader.next(),
                Ok(Token::Primitive(Primitive::Text(Text::Utf16(&expected))))
            );
        }
    }
}

#[test]
fn references_name_objects_in_the_order_in_which_they_begin() {
    // {a: x, b: x, self: this} with x = {}
    let input = bytes("ff0f 6f 220161 6f7b00 220162 5e01 220473656c66 5e00 7b03");
    let outline = outline(&input).unwrap();
    assert!(outline.objects[0].ends_with("=0"), "{:?}", outline.objects);
    assert_eq!(outline.objects.len(), 2);
    // A host's object and a view take numbers, too.
    let input = bytes("ff0f 41 04 5c000a0168 4202 0102 5642000200 5e01 5e03 24 00 04");
    assert_eq!(
        super::tests::outline(&input).unwrap().objects[0],
        "Dense(4) [0]=Some(1) [1]=Some(3) [2]=Some(1) [3]=Some(3)"
    );
}

#[test]
fn a_copy_has_moved_references_and_aligned_strings() {
    let input = bytes("ff0f 6f 220161 6f7b00 220162 5e01 220463797863 5e00 220177 6302164e 7b04");
    for before in 0..3 {
        let mut writer = Writer::default();
        writer.header();
        writer.raw(&vec![tag::PADDING; before]);
        copy::copy(&input, 3, &mut writer).unwrap();
        let copied = writer.into_bytes();
        let text = hex(&copied);
        assert!(text.contains("5e04") && text.contains("5e03") && !text.contains("5e01"), "{text}");
        let at = copied.windows(4).position(|window| window == [b'c', 2, 0x16, 0x4E]).unwrap();
        assert_eq!(at % 2, 0, "{text}");
    }
    let mut writer = Writer::default();
    writer.header();
    copy::copy(&input, 0, &mut writer).unwrap();
    let again = writer.into_bytes();
    assert_eq!(outline(&again).unwrap().objects, outline(&input).unwrap().objects);
}

/// One of everything, as Node writes it between two ends of a channel.
const EVERYTHING: &str = "ff0f 41 17 5f 30 54 46 4902 55 ff01 4e000000000000f83f 5a107b00000000000000 2203616263 6302164e
    6f49024904 2201620163 7b02 6103 49004902 4001 03 440000000000001440 79 6e000000000000f03f 7a100500000000000000 73220161
    5222 04615c2f6213 3b4902 6f7b00 3a02 2749022c01 72546d2203626f6f73220273746349022e 4203010203 5642010200 7e0204 0000
    5c000a026869 5c016f7b00 2401220178 4902 0117";

#[test]
fn truncated_input_is_an_error_at_every_length() {
    // Any length: the whole is not even valid, but no part of it may do harm.
    let input = bytes(&EVERYTHING.replace('\n', ""));
    for length in 0..input.len() {
        let _ = outline(&input[..length]);
        let mut writer = Writer::default();
        let _ = copy::copy(&input[..length], 7, &mut writer);
    }
    let input = bytes(
        "ff0f 6f 220161 41 02 4902 5c000a026869 240002 220162 72546d2201617322017363 30 2e 7b02",
    );
    assert!(outline(&input).is_ok());
    for length in 0..input.len() {
        assert!(outline(&input[..length]).is_err(), "{length}");
    }
}

#[test]
fn changed_input_does_no_harm() {
    let input = bytes(
        "ff0f 6f 220161 41 02 4902 5c000a026869 240002 220162 72546d2201617322017363 30 2e 2201633b4902 5e00 3a02 7b03",
    );
    for at in 2..input.len() {
        for value in 0..=255 {
            let mut changed = input.clone();
            changed[at] = value;
            if let Ok(outline) = outline(&changed) {
                assert!(outline.steps <= changed.len(), "every step costs a byte");
            }
        }
    }
}

#[test]
fn what_claims_more_than_there_is_is_refused() {
    let refused = [
        "ff0f 41 ffffffff0f",                    // a dense array of 2^32 - 1
        "ff0f 22 ffffffff0f 61",                 // a string
        "ff0f 63 ffffffff0f 61",                 // a wide string
        "ff0f 42 ffffffff0f",                    // an array buffer
        "ff0f 7e ffffffff0f ffffffff0f",         // a resizable one
        "ff0f 5a ffffffff0f",                    // a big integer
        "ff0f 5c00 0a ffffffff0f",               // a Buffer
        "ff0f 5c02",                             // a host's object of a kind that is none
        "ff0f 5c00 0e 00",                       // a view of a class that is none
        "ff0f 5e ffffffff0f",                    // a reference
        "ff0f 6f 49024902 7b02",                 // properties that are not there
        "ff0f 4101 2d 2d 240001",                // more holes than elements
        "ff0f 3b 2d",                            // a hole in a map
        "ff0f 2d",                               // a hole in nothing
        "ff0f 7b00",                             // an end without a beginning
        "ff0f 6f 7b00 7b00 7b00 00000000 6f 6f", // whatever follows is not looked at
    ];
    for (index, input) in refused.iter().enumerate() {
        let outcome = outline(&bytes(input));
        assert_eq!(outcome.is_ok(), index == refused.len() - 1, "{input}");
    }
}

#[test]
fn no_nesting_is_too_deep() {
    let depth = 1_000_000;
    for (open, close) in [("4101", "240001"), ("5c01", ""), ("7263", "2e")] {
        let mut input = bytes("ff0f");
        input.extend(bytes(open).repeat(depth));
        input.extend(bytes("30"));
        input.extend(bytes(close).repeat(depth));
        assert!(outline(&input).is_ok(), "{open}");
        let mut writer = Writer::default();
        assert_eq!(copy::copy(&input, 1, &mut writer), Ok(()));
    }
}

#[test]
fn versions_before_13_and_after_16_are_refused() {
    for version in 0..=255_u8 {
        let input = [0xFF, version, b'0'];
        let is_read = (13..=16).contains(&version);
        assert_eq!(outline(&input).is_ok(), is_read, "{version}");
    }
    assert_eq!(outline(b"0").err(), Some(FormatError::Version));
    assert_eq!(outline(b"").err(), Some(FormatError::Version));
}

#[test]
fn classes_of_views_have_nodes_numbers() {
    for number in 0..14 {
        assert_eq!(ViewClass::from_number(number).unwrap().number(), number);
    }
    assert_eq!(ViewClass::from_number(14), None);
    assert_eq!(ViewClass::from_name("Float16Array").map(ViewClass::number), Some(13));
}
