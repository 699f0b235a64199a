#include <utility>

#include <fmt/format.h>

#include "host/app/try_print.h"
#include "host/app/try_run.h"
#include "host/json/parse.h"

namespace host::app::dry_run {
namespace {

constexpr std::string_view kIllegalArgument = "java.lang.IllegalArgumentException";

Result<Case> read_case(const json::Value &from) {
  if (!from.is_object())
    return fail(Code::BadRequest, "a case is a JSON object");
  Case made;
  HOST_ASSIGN(const json::Value *config, from.member("config"));
  HOST_ASSIGN(made.config, read_config(*config));
  HOST_ASSIGN(const std::string direction, from.string_of("direction"));
  HOST_ASSIGN(made.direction, read_direction(direction));
  HOST_ASSIGN(const json::Value *record, from.member("record"));
  HOST_ASSIGN(made.record, read_record(*record, Bytes::Exact));
  return made;
}

Error not_a_case(std::size_t number, const Error &error) {
  return {Code::BadRequest, kIllegalArgument,
          fmt::format("line {} is no case: {}", number, error.message())};
}

} // namespace

Result<Pipeline> CaseRunner::start() {
  hidden_ = std::make_unique<Redactor>();
  HOST_ASSIGN(const Config config, worker_.complete(config_, *hidden_));
  return Pipeline::start(config, direction_);
}

Result<Pipeline> &CaseRunner::pipeline(Config config, transform::Direction direction) {
  const bool same = pipeline_ && direction == direction_ && config.entries == config_.entries &&
                    config.nulls == config_.nulls;
  if (!same) {
    config_ = std::move(config);
    direction_ = direction;
    pipeline_ = std::make_unique<Result<Pipeline>>(start());
  }
  return *pipeline_;
}

void CaseRunner::run(std::string_view line, std::size_t number, std::string &out) {
  auto document = json::parse(line);
  json::Value id;
  if (document)
    if (json::Value *given = document->find("id"))
      id = std::move(*given);
  auto made = document ? read_case(*document) : Result<Case>(std::move(document).error());
  if (!made) {
    append_failure(out, id, Stage::Config, not_a_case(number, made.error()));
    out += '\n';
    return;
  }
  Result<Pipeline> &started = pipeline(std::move(made->config), made->direction);
  if (!started) {
    append_failure(out, id, Stage::Config, concealed(started.error(), *hidden_));
    out += '\n';
    return;
  }
  Outcome outcome = started->run(made->record);
  append_line(out, id, hidden_->empty() ? outcome : concealed(std::move(outcome), *hidden_));
  out += '\n';
}

} // namespace host::app::dry_run
