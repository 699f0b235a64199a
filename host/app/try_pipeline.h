#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/app/try_record.h"
#include "host/base/error.h"
#include "host/data/arena.h"
#include "host/data/converter.h"
#include "host/data/schema_pool.h"
#include "host/transform/chain.h"

namespace host::app::dry_run {

// Where a record can end, by the names of the machine form.
enum class Stage : std::uint8_t { Config = 1, ConvertIn, Transform, ConvertOut };
std::string_view name_of(Stage stage);

struct Failure {
  Stage stage;
  Error error;
  // Which class failed, in Java's words, and a transform's alias.
  std::string class_name;
  std::string alias;
};

// What became of a record: it came out, it was left out, or it failed.
struct Outcome {
  std::optional<RawRecord> record;
  std::optional<Failure> failure;
  bool tolerated = false; // it failed, and is left out for errors.tolerance=all
};

// A connector's converters, predicates and transforms as a task of Connect starts them, without
// Kafka: bytes in, bytes out. One thread.
class Pipeline {
public:
  // Fails as the start of a task in Connect would; Stage::Config. The connector itself is not
  // looked for.
  static Result<Pipeline> start(const Config &config, transform::Direction direction);

  // The observer sees every step of the chain.
  Outcome run(const RawRecord &record, transform::Observer *observer = nullptr);

private:
  Pipeline() = default;

  bool convert_in(const RawRecord &from);
  bool convert_out(RawRecord &to);
  bool put_out(std::string_view class_name, Result<data::Bytes> from, Raw &to);
  bool fail_with(Stage stage, std::string_view class_name, Error error);

  std::unique_ptr<data::SchemaPool> pool_ = std::make_unique<data::SchemaPool>();
  data::ConverterSet converters_;
  transform::Chain chain_;
  transform::Direction direction_ = transform::Direction::Sink;
  bool tolerates_all_ = false;
  data::Arena arena_;
  transform::Record record_;
  std::string scratch_;
  std::optional<Failure> failure_;
};

} // namespace host::app::dry_run
