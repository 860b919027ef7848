//! Values there and back, and bytes that are none.

use serde_json::json;

use super::*;

fn back(value: &Value) -> Value {
    decode(&encode(Vec::new(), value)).expect("we have written it")
}

fn everything() -> Value {
    Value::Array(vec![
        Value::Undefined,
        Value::Null,
        true.into(),
        7.into(),
        (-5_000_000_000_i64).into(),
        Value::Float(0.5),
        Value::Float(-0.0),
        Value::BigInt(-(1 << 100)),
        Value::BigInt(0),
        "plain".into(),
        "é".into(),
        "世界".into(),
        vec![0, 255].into(),
        Value::Date(1.5),
        Value::Object(vec![("a".to_owned(), "世".into()), ("é".to_owned(), Value::Null)]),
        Value::Map(vec![(1.into(), "one".into()), (Value::Null, Value::Array(Vec::new()))]),
        Value::Set(vec![1.into(), "x".into()]),
        Value::Error(vec![
            ("name".to_owned(), "TypeError".into()),
            ("message".to_owned(), "m".into()),
            ("cause".to_owned(), 1.into()),
        ]),
    ])
}

#[test]
fn values_come_back_as_they_went() {
    assert_eq!(back(&everything()), everything());
    assert!(back(&Value::Float(f64::NAN)).as_f64().is_some_and(f64::is_nan));
    assert_eq!(back(&Value::Integer(i64::MAX)), Value::BigInt(i64::MAX.into()));
    // Through serde, whose data model has no words for some of them.
    assert_eq!(to_value(&everything()).expect("it is one"), everything());
}

#[test]
fn serde_makes_of_them_what_it_is_asked_for() {
    let value = to_value(&(1_u8, "two", [3.5], Some(4), None::<u8>, 'c')).unwrap();
    assert_eq!(value, json!([1, "two", [3.5], 4, null, "c"]));
    let back: (u8, String, [f64; 1], Option<u32>, Option<u8>, char) = value.to().unwrap();
    assert_eq!(back, (1, "two".to_owned(), [3.5], Some(4), None, 'c'));
    let map = std::collections::BTreeMap::from([(1, "a"), (2, "b")]);
    let value = to_value(&map).unwrap();
    assert_eq!(value, json!({ "1": "a", "2": "b" }));
    assert_eq!(value["2"].as_str(), Some("b"));
    let result: Result<u8, String> = to_value(&Err::<u8, _>("x")).unwrap().to().unwrap();
    assert_eq!(result, Err("x".to_owned()));
    assert!(Value::from("x").to::<u8>().is_err());
    assert_eq!(Value::BigInt(9).to::<u64>().unwrap(), 9);
    assert!(to_value(&std::collections::BTreeMap::from([((), 1)])).is_err());
    assert_eq!(Value::Integer(1)["x"], Value::Undefined);
}

#[test]
fn bytes_that_are_no_value_are_refused() {
    let whole = encode(Vec::new(), &everything());
    for end in 0..whole.len() {
        assert!(decode(&whole[..end]).is_err(), "{end}");
    }
    // 500,000 arrays in each other, an object that holds itself, one that is shared 2^40 times.
    let deep = [&[0xff, 0x0f][..], &b"A\x01".repeat(500_000)].concat();
    assert!(decode(&deep).is_err());
    assert!(decode(b"\xff\x0fo\"\x01a^\x00{\x01").is_err());
    let mut shared = b"\xff\x0fA\x28A\x00$\x00\x00".to_vec();
    for number in 1..40 {
        shared.extend([b'A', 2, b'^', number, b'^', number, b'$', 0, 2]);
    }
    shared.extend(b"$\x00\x28");
    assert!(decode(&shared).is_err());
    // Views of one buffer, each as long as it is.
    let buffer = vec![0_u8; 100_000];
    let mut views = b"\xff\x0fA\xe8\x07B\xa0\x8d\x06".to_vec();
    views.extend(&buffer);
    for _ in 0..999 {
        views.extend(b"^\x01VB\x00\xa0\x8d\x06\x00");
    }
    views.extend(b"V$\x00\xe8\x07");
    assert!(decode(&views).is_err());
}
