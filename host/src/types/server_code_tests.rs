//! Tests of the table of error codes.

use super::*;

#[test]
fn table_is_sorted_for_binary_search() {
    assert!(CODES.windows(2).all(|pair| pair[0].0 < pair[1].0));
}

#[test]
fn every_code_has_its_class_and_advice() {
    use {RetryAdvice as Retry, ServerClass as Class};
    let expected: &[(Class, Retry, &[u16])] = &[
        (
            Class::Syntax,
            Retry::Never,
            &[
                1007, 1008, 1046, 1050, 1051, 1052, 1054, 1060, 1061, 1064, 1065, 1091, 1118, 1136, 1146, 1222, 1305,
                1318, 1390, 3573, 3579, 3593, 3667, 3734, 3812, 3813, 3814, 3815, 3818, 3820, 3821, 3822, 3823, 3940,
                3942, 3943,
            ],
        ),
        (
            Class::Constraint,
            Retry::Never,
            &[
                1022, 1048, 1062, 1169, 1216, 1217, 1364, 1369, 1423, 1451, 1452, 1553, 1557, 1569, 1586, 1701, 1761,
                1762, 1828, 1829, 1832, 1833, 1834, 1906, 3105, 3108, 3730, 3776, 3780, 3819, 3837, 3959, 4025,
            ],
        ),
        (
            Class::Data,
            Retry::Never,
            &[
                167, 1139, 1153, 1242, 1264, 1265, 1292, 1300, 1301, 1365, 1366, 1406, 1411, 1416, 1441, 1526, 1690,
                1748, 3033, 3037, 3140, 3141, 3143, 3144, 3146, 3149, 3151, 3153, 3154, 3155, 3156, 3157, 3158, 3165,
                3516, 3548, 3616, 3617, 3643, 3665, 3666, 3669, 3686, 3687, 3688, 3689, 3691, 3692, 3693, 3694, 3695,
                3696, 3697, 3699, 3751, 3854, 3903, 3904, 3907, 3908, 3966, 3967, 3988, 6136, 6137, 6138,
            ],
        ),
        (Class::Deadlock, Retry::NewTransaction, &[1020, 1213, 1402, 1614, 3101]),
        (Class::LockTimeout, Retry::Later, &[1205, 3058, 3572]),
        (Class::LockTimeout, Retry::NewTransaction, &[1613]),
        (Class::Interrupted, Retry::Later, &[1053, 1317, 1927, 3032, 3168, 3169, 4031, 6400]),
        (Class::ReadOnly, Retry::Never, &[1036, 1290, 1792, 1836, 1874, 3989]),
        (Class::Access, Retry::Never, &[1044, 1045, 1049, 1095, 1142, 1143, 1227, 1370, 3554]),
        (Class::Access, Retry::Later, &[1129]),
        (Class::Resources, Retry::Later, &[1021, 1037, 1038, 1040, 1041, 1114, 1203, 1226, 1461, 1637, 3950, 3985]),
        (Class::Resources, Retry::NewTransaction, &[1206]),
        (Class::NotSupported, Retry::Never, &[1235, 1295, 1845, 1846, 3106, 3161, 3618, 3750]),
        (Class::Other, Retry::Never, &[1005, 1180, 1397, 1398, 1399, 1400, 1401, 1440, 1568, 1644, 1824]),
        (Class::Other, Retry::Later, &[1047, 1615, 3197]),
        (Class::Resources, Retry::Never, &[1197, 3636]),
    ];
    for (class, retry, codes) in expected {
        for code in *codes {
            assert_eq!(classify(*code), (*class, *retry), "{code}");
        }
    }
    let count: usize = expected.iter().map(|(.., codes)| codes.len()).sum();
    assert_eq!(count, CODES.len(), "a code of the table is missing in this test");
    assert_eq!(classify(9999), (Class::Other, Retry::Never), "unknown code");
}

#[test]
fn three_codes_end_the_session() {
    let ending: Vec<_> = CODES.iter().map(|&(code, ..)| code).filter(|&code| ends_session(code)).collect();
    assert_eq!(ending, [1053, 1927, 4031]);
}

#[test]
fn interrupted_commit_is_in_doubt() {
    let in_doubt: Vec<_> = CODES.iter().map(|&(code, ..)| code).filter(|&code| leaves_commit_in_doubt(code)).collect();
    assert_eq!(in_doubt, [1053, 1180, 1317, 1927, 3032, 3168, 3169, 4031, 6400]);
}

#[test]
fn sdk_guide_lists_codes_in_their_class() {
    let guide = include_str!("../../../guest/rust/docs/errors.md");
    let mut seen = 0;
    let rows = guide.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
    for (class, rest) in rows {
        let examples = rest.split(" | ").next().unwrap_or_default();
        for code in examples.split([' ', ',']).filter_map(|word| word.parse().ok()).filter(|code| *code >= 1000) {
            assert_eq!(format!("{:?}", classify(code).0), class, "{code}");
            seen += 1;
        }
    }
    assert!(seen >= 20, "the guide's table of classes is missing or too short: {seen} codes");
}
