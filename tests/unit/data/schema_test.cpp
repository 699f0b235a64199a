#include "host/data/schema_pool.h"

#include <gtest/gtest.h>

#include "host/data/schema_abi.h"

namespace host::data {
namespace {

SchemaSpec point() {
  SchemaSpec spec;
  spec.type = Type::Struct;
  spec.name = "geo.Point";
  spec.version = 2;
  spec.parameters = {{"unit", "m"}};
  spec.fields = {{"x", Schema::primitive(Type::Int32, false)},
                 {"label", Schema::primitive(Type::String, true)}};
  return spec;
}

TEST(Schema, EqualContentIsOnePointer) {
  SchemaPool pool;
  const Schema *schema = pool.intern(point()).value();
  EXPECT_EQ(pool.intern(point()).value(), schema);
  SchemaSpec documented = point();
  documented.doc = "a point";
  EXPECT_NE(pool.intern(documented).value(), schema);
  EXPECT_EQ(schema->text(), "Schema{geo.Point:STRUCT}");
  EXPECT_EQ(schema->field_index("label"), 1);
  EXPECT_EQ(schema->field_index("y"), -1);
}

TEST(Schema, PlainPrimitivesLiveForEver) {
  SchemaPool pool;
  SchemaSpec spec;
  spec.type = Type::Int8;
  EXPECT_EQ(pool.intern(spec).value(), Schema::primitive(Type::Int8, false));
  EXPECT_EQ(Schema::primitive(Type::Struct, false), nullptr);
  EXPECT_EQ(Schema::primitive(Type::Bytes, true)->text(), "Schema{BYTES}");
}

TEST(Schema, DefaultsAreCopiedAndPartOfTheContent) {
  SchemaPool pool;
  const auto with_default = [&](std::string text) {
    SchemaSpec spec;
    spec.type = Type::String;
    const Cell cell{SLUICE_STRING,
                    0,
                    0,
                    static_cast<std::uint32_t>(text.size()),
                    {.p = reinterpret_cast<const std::uint8_t *>(text.data())}};
    spec.default_value = cells_datum(std::span(&cell, 1), nullptr);
    return pool.intern(std::move(spec)).value();
  };
  const Schema *schema = with_default("a default that is long enough to live on the heap");
  EXPECT_EQ(text_of(schema->default_value().cells[0]),
            "a default that is long enough to live on the heap");
  EXPECT_EQ(with_default("a default that is long enough to live on the heap"), schema);
  EXPECT_NE(with_default("another"), schema);
}

TEST(Schema, WrongOnesAreRefusedInConnectsWords) {
  SchemaPool pool;
  const auto fault = [&](SchemaSpec spec) {
    const auto made = pool.intern(std::move(spec));
    EXPECT_EQ(made.error().exception(), exception::kSchemaBuilder);
    return made.error().message();
  };
  SchemaSpec twice = point();
  twice.fields.push_back(twice.fields[0]);
  EXPECT_EQ(fault(twice), "Cannot create field because of field name duplication x");
  SchemaSpec nameless = point();
  nameless.fields[0].name = "";
  EXPECT_EQ(fault(nameless), "fieldName cannot be null.");
  SchemaSpec missing = point();
  missing.fields[0].schema = nullptr;
  EXPECT_EQ(fault(missing), "fieldSchema for field x cannot be null.");
  SchemaSpec misplaced = point();
  misplaced.type = Type::Int8;
  EXPECT_EQ(fault(misplaced), "Cannot create fields on type INT8");
}

TEST(SchemaAbi, ReadsAndBuilds) {
  SchemaPool pool;
  const Schema *schema = pool.intern(point()).value();
  const sluice_schema_api &api = schema_api();
  const sluice_schema *handle = data::handle(schema);
  EXPECT_EQ(api.type(handle), SLUICE_STRUCT);
  std::int32_t version = 0;
  EXPECT_EQ(api.version(handle, &version), 1);
  EXPECT_EQ(version, 2);
  const sluice_field *fields = nullptr;
  ASSERT_EQ(api.fields(handle, &fields), 2u);
  EXPECT_EQ(std::string_view(fields[1].name.ptr, fields[1].name.len), "label");
  EXPECT_EQ(api.doc(handle).ptr, nullptr);
  EXPECT_EQ(api.default_value(handle), nullptr);

  sluice_schema_def def{};
  def.struct_size = sizeof def;
  def.type = SLUICE_STRUCT;
  def.name = {"geo.Point", 9};
  def.has_version = 1;
  def.version = 2;
  const sluice_kv parameter{{"unit", 4}, {"m", 1}};
  def.parameters = &parameter;
  def.n_parameters = 1;
  def.fields = fields;
  def.n_fields = 2;
  EXPECT_EQ(build_schema(def, pool).value(), schema);
  def.type = 77;
  EXPECT_FALSE(build_schema(def, pool));
}

TEST(SchemaAbi, DefaultsMustFit) {
  SchemaPool pool;
  sluice_schema_def def{};
  def.struct_size = sizeof def;
  def.type = SLUICE_STRING;
  sluice_datum fallback = raw_datum(bytes_of("x"), nullptr);
  def.default_value = &fallback;
  const Schema *schema = build_schema(def, pool).value();
  ASSERT_TRUE(schema->has_default());
  EXPECT_EQ(text_of(schema->default_value().cells[0]), "x");
  def.type = SLUICE_I8;
  EXPECT_FALSE(build_schema(def, pool));
}

SchemaSpec named(const std::string &name, const Schema *element = nullptr) {
  SchemaSpec spec;
  spec.type = element != nullptr ? Type::Array : Type::String;
  spec.name = name;
  spec.value_schema = element;
  return spec;
}

// Interns more than a generation holds.
void fill(SchemaPool &pool) {
  static int number = 0;
  for (std::size_t i = 0; i < SchemaPool::kMostSchemas; ++i)
    ASSERT_TRUE(pool.intern(named("n" + std::to_string(++number))));
}

struct CountingHolder final : SchemaHolder {
  using SchemaHolder::SchemaHolder;
  void forget_schemas() override { ++times; }
  int times = 0;
};

TEST(SchemaPool, LetsGoOfWhatRecordsBroughtWhenThatIsMuch) {
  SchemaPool pool;
  const CountingHolder holder(pool);
  const Schema *lasting = pool.intern(named("lasting")).value();
  pool.begin_records();
  const Schema *brought = pool.intern(named("brought")).value();
  const std::uint64_t id = brought->id();
  pool.turn(); // there is room yet
  EXPECT_EQ(pool.intern(named("brought")).value(), brought);
  EXPECT_EQ(holder.times, 0);
  fill(pool);
  pool.turn();
  EXPECT_EQ(holder.times, 1);
  EXPECT_EQ(pool.transient(), 0u);
  EXPECT_EQ(pool.intern(named("lasting")).value(), lasting);
  EXPECT_NE(pool.intern(named("brought")).value()->id(), id);
}

TEST(SchemaPool, LargeSchemasFillAGenerationTooThoughTheyAreFew) {
  SchemaPool pool;
  pool.begin_records();
  ASSERT_TRUE(pool.intern(named(std::string(SchemaPool::kMostBytes, 'n'))));
  pool.turn();
  EXPECT_EQ(pool.transient(), 0u);
}

TEST(SchemaPool, KeepsAGenerationForTheBatchesThatHaveIt) {
  SchemaPool pool;
  pool.begin_records();
  const Schema *brought = pool.intern(named("brought")).value();
  std::shared_ptr<const void> batch = pool.generation();
  const std::weak_ptr<const void> generation = batch;
  fill(pool);
  pool.turn();
  EXPECT_EQ(brought->name(), "brought");
  EXPECT_NE(pool.intern(named("brought")).value(), brought);
  batch.reset();
  EXPECT_TRUE(generation.expired());
}

TEST(SchemaPool, WhatAPluginMakesOfARecordsSchemaLasts) {
  SchemaPool pool;
  pool.begin_records();
  const Schema *element = pool.intern(named("element")).value();
  const Schema *same = pool.intern(named("same")).value();
  std::weak_ptr<const void> generation = pool.generation();
  EXPECT_EQ(pool.intern_lasting(named("same")).value(), same);
  const Schema *made = pool.intern_lasting(named("made", element)).value();
  fill(pool);
  pool.turn();
  EXPECT_FALSE(generation.expired());
  EXPECT_EQ(made->value_schema()->name(), "element");
  EXPECT_EQ(pool.intern(named("same")).value(), same);
  EXPECT_EQ(pool.intern_lasting(named("made", element)).value(), made);
}

} // namespace
} // namespace host::data
