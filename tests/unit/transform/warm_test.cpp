#include <gtest/gtest.h>

#include "host/data/converter.h"
#include "host/transform/chain.h"
#include "tests/support/allocations.h"

namespace tests {
namespace {

using namespace host;

constexpr std::string_view kStruct =
    R"({"schema":{"type":"struct","name":"order","fields":[)"
    R"({"field":"id","type":"int64"},{"field":"note","type":"string","optional":true},)"
    R"({"field":"at","type":"int64"},{"field":"price","type":"double","default":1.5},)"
    R"({"field":"who","type":"struct","fields":[{"field":"name","type":"string"}]}]},)"
    R"("payload":{"id":7,"note":"x","at":1700000000123,"price":2.5,"who":{"name":"Ann"}}})";
constexpr std::string_view kMap =
    R"({"id":7,"note":"x","at":1700000000123,"price":2.5,"who":{"name":"Ann"}})";

// All transforms that a record can go through, with predicates.
StringMap everything() {
  const std::string package = "org.apache.kafka.connect.transforms.";
  StringMap config{{"transforms", "key,mask,cast,time,insert,keep,meta,flat,head,hoist,out,route,"
                                  "daily,tag,untag,never"},
                   {"predicates", "topic,tombstone,header"},
                   {"predicates.topic.type", "TopicNameMatches"},
                   {"predicates.topic.pattern", "ord.*"},
                   {"predicates.tombstone.type", "RecordIsTombstone"},
                   {"predicates.header.type", "HasHeaderKey"},
                   {"predicates.header.name", "note"}};
  const auto add = [&](const std::string &alias, const std::string &type,
                       std::initializer_list<StringMap::Entry> keys) {
    config.set("transforms." + alias + ".type", package + type);
    for (const auto &[key, value] : keys)
      config.set("transforms." + alias + "." + key, value);
  };
  add("key", "ValueToKey", {{"fields", "id,at"}});
  add("mask", "MaskField$Value", {{"fields", "price"}, {"replacement", "3.5"}});
  add("cast", "Cast$Value", {{"spec", "id:string,price:int32"}});
  add("time", "TimestampConverter$Value",
      {{"field", "at"}, {"target.type", "string"}, {"format", "yyyy-MM-dd HH:mm:ss.SSS"}});
  add("insert", "InsertField$Value",
      {{"topic.field", "topic"},
       {"offset.field", "offset"},
       {"static.field", "s"},
       {"static.value", "t"},
       {"predicate", "topic"}});
  add("keep", "ReplaceField$Value", {{"exclude", "offset"}, {"renames", "s:source"}});
  add("meta", "SetSchemaMetadata$Key", {{"schema.name", "key"}, {"predicate", "header"}});
  add("flat", "Flatten$Value", {{"delimiter", "_"}});
  add("head", "HeaderFrom$Value", {{"fields", "note"}, {"headers", "note"}, {"operation", "move"}});
  add("hoist", "HoistField$Value", {{"field", "body"}});
  add("out", "ExtractField$Value", {{"field", "body"}});
  add("route", "RegexRouter", {{"regex", "(.*)s"}, {"replacement", "$1"}});
  add("daily", "TimestampRouter", {});
  add("tag", "InsertHeader", {{"header", "tag"}, {"value.literal", "[1,2]"}});
  add("untag", "DropHeaders", {{"headers", "tag,other"}});
  add("never", "Filter", {{"predicate", "tombstone"}});
  return config;
}

class Warm : public testing::TestWithParam<bool> {};

TEST_P(Warm, AChainAllocatesNothingPerRecord) {
  data::SchemaPool pool;
  auto converter = data::make_converter("Json", {{"schemas.enable", GetParam() ? "true" : "false"}},
                                        data::ConverterRole::Value, pool);
  ASSERT_TRUE(converter) << converter.error().message();
  auto chain = transform::Chain::create(everything(), pool);
  ASSERT_TRUE(chain) << chain.error().message();
  data::Arena arena;
  transform::Record record;
  const auto run = [&] {
    arena.reset();
    record.topic = "orders";
    record.partition = 1;
    record.timestamp_ms = 1700000000123;
    record.headers.clear();
    record.key = data::null_datum();
    record.value = (*converter)
                       ->to_connect("orders", data::bytes_of(GetParam() ? kStruct : kMap), arena)
                       .value();
    return chain->apply(record, arena);
  };
  for (int i = 0; i < 3; ++i)
    ASSERT_EQ(run(), transform::Outcome::Passed) << chain->take_failure().error.message();
  const std::size_t before = allocation_count();
  bool passed = true;
  for (int i = 0; i < 100; ++i)
    passed = run() == transform::Outcome::Passed && passed;
  EXPECT_EQ(allocation_count(), before);
  EXPECT_TRUE(passed);
  EXPECT_EQ(record.topic, "order-20231114");
  EXPECT_EQ(record.headers.size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Chains, Warm, testing::Bool(),
                         [](const auto &info) { return info.param ? "of_structs" : "of_maps"; });

} // namespace
} // namespace tests
