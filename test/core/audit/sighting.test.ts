import { describe, expect, test } from "vitest";
import { announcesSecret, sightText, sightValue } from "../../../shared/core/audit/sighting.ts";
import { constant, from, rule, source } from "../plan/builders.ts";

// Built from parts, so that no scanner of repositories takes this file for a leak.
const join = (...parts: readonly string[]) => parts.join("");
const RANDOM_40 = "wJ4lrXUtn7FEMI9K7MDENGbPx2RfiCYzEXA3mPk1";
const RANDOM_URL_SAFE = "Xq3v-9ZtK1mYbR7wPd2sLh8Nc5_Gf4Ja6QeTu0iVoB";

const SECRETS: readonly string[] = [
  join("AK", "IAIOSFODNN7EXAMPLE"),
  join("AS", "IAQ3EGWLDXN2ABCDEF"),
  join("HPUAQ3RT7", "8ZK2W9X4LMB"),
  join("5EZP0K8RWQ", "2M7XJV3A1C"),
  RANDOM_40,
  `sk: ${RANDOM_40}`,
  RANDOM_URL_SAFE,
  "9f8Kx/2LmQz+7RtY1vWb3NcD5pHgJ6sA0eUiXoT4",
  join("-----BEGIN RSA PRIV", "ATE KEY-----"),
  join("-----BEGIN PRIV", "ATE KEY-----"),
  join("-----BEGIN OPENSSH PRIV", "ATE KEY----- b3BlbnNzaC1rZXk"),
  join("AGE-SECRET", "-KEY-1QQPQZRFR7ZZ2WCV"),
  join(
    "eyJhbGciOiJIUzI1NiJ9",
    ".eyJzdWIiOiIxMjM0NTY3ODkwIn0",
    ".dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
  ),
  "pw=hunter2",
  "pwd: s3cr3t!",
  "user=app password=letmein",
  "PASSWORD=letmein",
  "db_password = Tr0ub4dor",
  "api_key=abcd1234efgh",
  "token=0123456789abcdef",
  "client_secret=abcdefgh",
  "AccountName=x;AccountKey=abcd1234+/==",
  join("postgres://app:", "s3cr3t@db.internal:5432/app"),
  join("https://user:", "pa55@example.com/x"),
  "Bearer abcdefghijklmnop1234",
  join("gh", "p_16C7e42F292c6912E7710c838347Ae178B4a"),
  join("github", "_pat_11ABCDEFG0abcdefghijklmnopqrstuvwxyz"),
  join("gl", "pat-ABCDEFGHIJ1234567890"),
  join("xo", "xb-123456789012-abcdefGHIJKL"),
  join("AI", "zaSyA1234567890abcdefghijklmnopqrstuvw"),
  join("sk", "_live_abcdefghijklmnop1234"),
  join("np", "m_abcdefghijklmnopqrstuvwxyz0123456789"),
  join("LT", "AI5tABCDEFGHIJKLMNOPQR"),
];

const PERSONAL: readonly string[] = [
  "a@x.de",
  "alice@example.com",
  "Alice Smith alice.smith+aws@mail.example.co.uk",
  "owner: bob_1@example.org",
  "jürgen@bücher.example",
  "+4930901820",
  "+49 30 901820-22",
  "call +1 555-123-4567",
  "tel:+8613912345678",
  "4111111111111111",
  "4111 1111 1111 1111",
  "5555-5555-5555-4444",
  "378282246310005",
  "6217000010001234569",
  "11010519491231002X",
  "DE89370400440532013000",
  "GB82 WEST 1234 5698 7654 32",
];

const ORDINARY: readonly string[] = [
  "",
  "prod",
  "Alice Smith",
  "Jürgen Groß",
  "张伟",
  "platform-team",
  "team.payments",
  "Password rotation every quarter",
  "CC-1234",
  "4711-0815-2026",
  "100-20-3000",
  "2026-01-31",
  "2026-01-31T08:00:00+08:00",
  "2026-01-31T08:00:00.123Z",
  "1769846400000",
  "GMT+08:00",
  "v1.2.3+20130313144700",
  "1.28.3-eks-a1b2c3d",
  "550e8400-e29b-41d4-a716-446655440000",
  "550E8400-E29B-41D4-A716-446655440000",
  "d41d8cd98f00b204e9800998ecf8427e",
  "da39a3ee5e6b4b0d3255bfef95601890afd80709",
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "https://wiki.example.com/pages/viewpage.action?pageId=123456",
  "https://git.example.com/Platform/SecretsRepo-2026/tree/main/apps/PaymentService",
  "git@github.com:example/repo.git",
  "ssh://git@github.com/example/repo",
  "arn:aws:secretsmanager:us-east-1:123456789012:secret:MySecret-a1b2c3",
  "arn:aws:iam::123456789012:role/MyApplicationRoleName2024",
  "urn:fss:eu-west-101:0123456789abcdef0123456789abcdef:function:default:audit:latest",
  "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourceGroups/MyGroup",
  "UHJvamVjdENvZGUx",
  "UHJvamVjdC1QaG9lbml4LTIwMjY=",
  "PRJ-2026-ABCDEF-0001",
  "PROJECT2026BUDGET001",
  "01ARZ3NDEKTSV4RRFFQ69G5FAV",
  "i-0abcd1234efgh5678",
  "payments-api-7d9f8b6c5-x2k4q",
  "registry.example.com/team/app:1.2.3",
  "MyVeryLongCamelCaseApplicationName2026Production",
  "Prod-Web-01-EUWest1-NodeA7-X9",
  "k8s.io/cluster-autoscaler/node-template/label/topology",
  "123456789012",
  "1234567890123456",
  "0123456789012",
  "10.0.0.0/16",
  "+1",
  "a+b=c",
  "@platform",
  "icon@2x",
  "user@localhost",
  "terraform",
  "true",
  "pw=",
  "password: none",
  "password=vault:secret/app",
  "token=none",
  "secret:rotated",
  "next-rotation: 90d",
  "AT611904300234573202",
  "Mon-Fri 08:00-18:00 UTC+2",
  "Höchst vertraulich / intern",
  "eyJ is how a token begins",
  "Bearer of bad news",
  "Basic Authentication",
  "Bearer internationalization",
  "sk-bratislava-datacenter-east",
];

describe("a text by itself", () => {
  test.each(SECRETS)("is told for a secret, $#", (text) => expect(sightText(text)).toBe("secret"));

  test.each(PERSONAL)("is told for personal data: %s", (text) => {
    expect(sightText(text)).toBe("personal-data");
  });

  test.each(ORDINARY)("is let through: %s", (text) => expect(sightText(text)).toBeNull());

  test("a number whose check digits do not hold is a number", () => {
    for (const text of ["4111111111111112", "110105194912310021", "DE89370400440532013001"])
      expect(sightText(text)).toBeNull();
  });
});

describe("a value under its key", () => {
  const sight = (key: string, value: string, about = rule(key)) =>
    sightValue(key, value, about, { sight: sightText, announces: announcesSecret });

  test("is a secret where the key says so, unless it is a placeholder", () => {
    for (const key of [
      "Password",
      "db-password",
      "API_KEY",
      "SecretAccessKey",
      "pw",
      "clientSecret",
      "Credential",
      "credentials",
    ])
      expect([key, sight(key, "hunter2")]).toEqual([key, "secret"]);
    for (const value of ["", "none", "90d", "vault:app", "true", "****", "n/a"])
      expect([value, sight("Password", value)]).toEqual([value, null]);
    expect(sight("ApiKey", "d41d8cd98f00b204e9800998ecf8427e")).toBe("secret");
    expect(sight("Checksum", "d41d8cd98f00b204e9800998ecf8427e")).toBeNull();
  });

  test("keys that only speak of secrets announce none", () => {
    for (const key of [
      "SecretName",
      "PasswordRotation",
      "TokenTtl",
      "secret-type",
      "KeyId",
      "Pwned",
      "UsesCredentials",
    ])
      expect([key, announcesSecret(key)]).toEqual([key, false]);
  });

  test("is what it is by itself where no rule knows the key", () => {
    const senses = { sight: sightText, announces: announcesSecret };
    const alone = (key: string, value: string) => sightValue(key, value, undefined, senses);
    expect(
      [
        ["Note", "alice@example.com"],
        ["Note", RANDOM_40],
        ["Note", "prod"],
        ["Password", "prod"],
      ].map(([key = "", value = ""]) => alone(key, value)),
    ).toEqual(["personal-data", "secret", null, "secret"]);
  });

  test("is meant to be there where the tag's own rule allows it", () => {
    const mail = rule("Owner", { match: [{ regex: "@example\\.com$" }] });
    expect(sight("Owner", "alice@example.com", mail)).toBeNull();
    expect(sight("Owner", "alice@example.org", mail)).toBe("personal-data");
    const listed = rule("Contact", { values: { "+4930901820": [] } });
    expect(sight("Contact", "+4930901820", listed)).toBeNull();
    expect(sight("Contact", "+4930901821", listed)).toBe("personal-data");
  });

  test("a tag that is declared without saying what it holds allows nothing by that", () => {
    expect(sight("Contact", "alice@example.com")).toBe("personal-data");
    expect(sight("Contact", RANDOM_40)).toBe("secret");
  });

  test("persons are meant where the policy writes them itself; secrets never are", () => {
    const created = rule("CreatedBy", { sources: [from("creator.name")] });
    const copied = rule("Contact", { sources: [constant("x"), from("resource.name")] });
    expect(sight("Contact", "alice@example.com", copied)).toBe("personal-data");
    const looked = rule("Owner", {
      sources: [source({ kind: "lookup", file: "t", by: "region", column: "c" })],
    });
    for (const about of [created, looked]) {
      expect(sight(about.key, "alice@example.com", about)).toBeNull();
      expect(sight(about.key, RANDOM_40, about)).toBe("secret");
    }
  });
});
