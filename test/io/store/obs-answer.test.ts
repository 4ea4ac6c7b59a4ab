import { describe, expect, test } from "vitest";
import { parseObjectPage, parseObsFailure } from "../../../shared/io/store/obs-answer.ts";

const list = (inner: string) =>
  `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<ListBucketResult xmlns="http://obs.example.com/doc/2015-06-30/">${inner}</ListBucketResult>`;
const contents = (...keys: string[]) =>
  keys.map((key) => `<Contents><Key>${key}</Key><Size>9</Size></Contents>`).join("\n  ");

describe("a page of a list", () => {
  test("is read from the sample of the documents", () => {
    const body = list(`<Name>examplebucket</Name><Prefix>obj</Prefix><Marker>obj001</Marker>
      <MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>
      <Contents><Key>obj002</Key><LastModified>2015-07-01T02:11:19.775Z</LastModified>
        <ETag>"a72e382246ac83e86bd203389849e71d"</ETag><Size>9</Size>
        <Owner><ID>b4bf</ID><DisplayName>O</DisplayName></Owner><StorageClass>STANDARD</StorageClass>
      </Contents>`);
    expect(parseObjectPage(body)).toEqual({
      keys: ["obj002"],
      commonPrefixes: [],
      nextMarker: null,
    });
  });

  test("an empty one has no rows, also with empty elements", () => {
    const body = list("<Prefix/><Marker/><IsTruncated>false</IsTruncated>");
    expect(parseObjectPage(body)).toEqual({ keys: [], commonPrefixes: [], nextMarker: null });
  });

  test("names come out of entities and character data", () => {
    const body = list(
      `<IsTruncated>false</IsTruncated>${contents("a&amp;b&#x20AC;", "<![CDATA[a<b]]>")}`,
    );
    expect(parseObjectPage(body)?.keys).toEqual(["a&b€", "a<b"]);
  });

  test("names are decoded where the answer says so, and only there", () => {
    const keys = contents("a%2Bb+c%20d/%C3%A9");
    const next = "<NextMarker>m%3A1</NextMarker>";
    const plain = list(`<IsTruncated>true</IsTruncated>${next}${keys}`);
    expect(parseObjectPage(plain)).toMatchObject({
      keys: ["a%2Bb+c%20d/%C3%A9"],
      nextMarker: "m%3A1",
    });
    const encoded = list(
      `<EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>${next}${keys}
       <CommonPrefixes><Prefix>r%3A/</Prefix></CommonPrefixes>`,
    );
    expect(parseObjectPage(encoded)).toEqual({
      keys: ["a+b c d/é"],
      commonPrefixes: ["r:/"],
      nextMarker: "m:1",
    });
  });

  test("without a marker the next one begins behind the last name, of either sort", () => {
    const prefixes = "<CommonPrefixes><Prefix>b/</Prefix></CommonPrefixes>";
    const body = (key: string) =>
      list(`<IsTruncated>true</IsTruncated>${contents("a", key)}${prefixes}`);
    expect(parseObjectPage(body("c"))?.nextMarker).toBe("c");
    expect(parseObjectPage(body("aa"))?.nextMarker).toBe("b/");
  });

  test.each([
    ["empty", ""],
    ["HTML", "<html><body><br>Bad gateway</body></html>"],
    ["JSON", '{"keys":[]}'],
    ["another document", "<Error><Code>X</Code></Error>"],
    ["silent about more", list(contents("a"))],
    ["unclear about more", list(`<IsTruncated>yes</IsTruncated>${contents("a")}`)],
    ["truncated without a name", list("<IsTruncated>true</IsTruncated>")],
    ["cut off", list(`<IsTruncated>false</IsTruncated>${contents("a", "b")}`).slice(0, -30)],
    [
      "a row without a key",
      list("<IsTruncated>false</IsTruncated><Contents><Size>1</Size></Contents>"),
    ],
    [
      "wrongly encoded",
      list(`<EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>${contents("%zz")}`),
    ],
    [
      "of entities of its own",
      `<!DOCTYPE a [<!ENTITY e "x">]>${list("<IsTruncated>false</IsTruncated>&e;").split("\n").slice(1).join("")}`,
    ],
  ])("what is %s is no list", (_name, body) => {
    expect(parseObjectPage(body)).toBeNull();
  });
});

describe("an error's body", () => {
  test("says code and request id", () => {
    const body = `<?xml version="1.0" encoding="UTF-8"?>
      <Error><Code>NoSuchKey</Code><Message>The resource does not exist</Message>
      <Resource>/example-bucket/object</Resource><RequestId>001B21A61C6C</RequestId><HostId>h</HostId></Error>`;
    expect(parseObsFailure(body)).toEqual({ serviceCode: "NoSuchKey", requestId: "001B21A61C6C" });
  });

  test.each([
    "",
    "<html></html>",
    "<Error>",
    "<Error><Code>No such key, my friend</Code><RequestId>a b\nc</RequestId></Error>",
  ])("that is none says nothing: %j", (body) => {
    expect(parseObsFailure(body)).toEqual({ serviceCode: "", requestId: "" });
  });
});
