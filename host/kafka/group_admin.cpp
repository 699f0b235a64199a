// What Admin asks about consumer groups, and changes in them.
#include <fmt/format.h>

#include "host/kafka/admin.h"
#include "host/kafka/admin_call.h"

namespace host::kafka {
namespace {

// A group that has members lets only these change its offsets: a state that passes.
Error group_error(Error error, rd_kafka_resp_err_t code) {
  switch (code) {
  case RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID:
  case RD_KAFKA_RESP_ERR_GROUP_SUBSCRIBED_TO_TOPIC:
  case RD_KAFKA_RESP_ERR_NON_EMPTY_GROUP:
    return Error(Code::Conflict, error.exception(), error.message());
  case RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND:
    return Error(Code::NotFound, error.exception(), error.message());
  // The coordinator knows what topics there are: this is its answer, which Java's admin client does
  // not doubt either. Elsewhere it may mean that a broker has yet to hear of a topic.
  case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    return Error(Code::Fatal, error.exception(), error.message());
  default:
    return error;
  }
}

// The error of the answer as a whole, else the first of a partition.
Status outcome_of(const rd_kafka_group_result_t *group, std::string_view what) {
  if (const rd_kafka_error_t *error = rd_kafka_group_result_error(group); error != nullptr)
    return fail(group_error(error_of(error, what), rd_kafka_error_code(error)));
  const auto *partitions = rd_kafka_group_result_partitions(group);
  for (int i = 0; partitions != nullptr && i < partitions->cnt; ++i)
    if (const auto code = partitions->elems[i].err; code != RD_KAFKA_RESP_ERR_NO_ERROR)
      return fail(group_error(first_error(partitions, what).error(), code));
  return {};
}

Status outcome_of(const rd_kafka_group_result_t **groups, std::size_t count,
                  std::string_view what) {
  return count == 0 ? Status(no_answer(what)) : outcome_of(groups[0], what);
}

// Asks about one group, with the three functions that librdkafka has for each kind of request.
template <class Request>
Result<Event> ask(rd_kafka_t *client, rd_kafka_admin_op_t op, Request *made,
                  void (*destroy)(Request *),
                  void (*send)(rd_kafka_t *, Request **, std::size_t,
                               const rd_kafka_AdminOptions_t *, rd_kafka_queue_t *),
                  const CallLimit &limit, std::string_view what) {
  const std::unique_ptr<Request, void (*)(Request *)> request(made, destroy);
  AdminCall call(client, op, limit);
  send(client, &made, 1, call.options(), call.queue());
  return call.wait(what);
}

Result<std::vector<PartitionOffset>> read_once(rd_kafka_t *client, const std::string &group,
                                               const CallLimit &limit) {
  const std::string what = fmt::format("reading the offsets of group '{}'", group);
  HOST_ASSIGN(const Event event, ask(client, RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS,
                                     rd_kafka_ListConsumerGroupOffsets_new(group.c_str(), nullptr),
                                     rd_kafka_ListConsumerGroupOffsets_destroy,
                                     rd_kafka_ListConsumerGroupOffsets, limit, what));
  std::size_t count = 0;
  const auto *groups = rd_kafka_ListConsumerGroupOffsets_result_groups(
      rd_kafka_event_ListConsumerGroupOffsets_result(event.get()), &count);
  if (count == 0)
    return std::vector<PartitionOffset>();
  if (const rd_kafka_error_t *error = rd_kafka_group_result_error(groups[0]); error != nullptr)
    return fail(error_of(error, what));
  const auto *partitions = rd_kafka_group_result_partitions(groups[0]);
  if (partitions == nullptr)
    return std::vector<PartitionOffset>();
  HOST_TRY(first_error(partitions, what));
  return offsets_of(partitions);
}

Status alter_once(rd_kafka_t *client, const std::string &group,
                  std::span<const PartitionOffset> offsets, const CallLimit &limit) {
  const std::string what = fmt::format("changing the offsets of group '{}'", group);
  const PartitionList list = partition_list(offsets);
  HOST_ASSIGN(const Event event,
              ask(client, RD_KAFKA_ADMIN_OP_ALTERCONSUMERGROUPOFFSETS,
                  rd_kafka_AlterConsumerGroupOffsets_new(group.c_str(), list.get()),
                  rd_kafka_AlterConsumerGroupOffsets_destroy, rd_kafka_AlterConsumerGroupOffsets,
                  limit, what));
  std::size_t count = 0;
  const auto **groups = rd_kafka_AlterConsumerGroupOffsets_result_groups(
      rd_kafka_event_AlterConsumerGroupOffsets_result(event.get()), &count);
  return outcome_of(groups, count, what);
}

Status forget_once(rd_kafka_t *client, const std::string &group,
                   std::span<const TopicPartition> partitions, const CallLimit &limit) {
  const std::string what = fmt::format("removing offsets of group '{}'", group);
  const PartitionList list = partition_list(partitions);
  HOST_ASSIGN(const Event event,
              ask(client, RD_KAFKA_ADMIN_OP_DELETECONSUMERGROUPOFFSETS,
                  rd_kafka_DeleteConsumerGroupOffsets_new(group.c_str(), list.get()),
                  rd_kafka_DeleteConsumerGroupOffsets_destroy, rd_kafka_DeleteConsumerGroupOffsets,
                  limit, what));
  std::size_t count = 0;
  const auto **groups = rd_kafka_DeleteConsumerGroupOffsets_result_groups(
      rd_kafka_event_DeleteConsumerGroupOffsets_result(event.get()), &count);
  return outcome_of(groups, count, what);
}

Status remove_once(rd_kafka_t *client, const std::string &group, const CallLimit &limit) {
  const std::string what = fmt::format("removing group '{}'", group);
  HOST_ASSIGN(const Event event,
              ask(client, RD_KAFKA_ADMIN_OP_DELETEGROUPS, rd_kafka_DeleteGroup_new(group.c_str()),
                  rd_kafka_DeleteGroup_destroy, rd_kafka_DeleteGroups, limit, what));
  std::size_t count = 0;
  const auto **groups =
      rd_kafka_DeleteGroups_result_groups(rd_kafka_event_DeleteGroups_result(event.get()), &count);
  return outcome_of(groups, count, what);
}

} // namespace

// librdkafka 2.15.1 tells a client's own group of some of the errors in the answer and ends the
// process when the client, like every producer, has none. So such questions come from a consumer of
// that group, which never joins.
Result<std::unique_ptr<Admin>> Admin::for_group(const std::string &group) const {
  if (!own_)
    return fail(Code::Unsupported, "the offsets of a group are asked for by a client of its own");
  ClientConfig config = own_->config;
  config.set("group.id", group);
  auto asker = std::make_unique<Own>();
  HOST_ASSIGN(asker->client, make_client(RD_KAFKA_CONSUMER, config, &asker->opaque));
  return std::unique_ptr<Admin>(new Admin(std::move(asker)));
}

Result<std::vector<PartitionOffset>> Admin::group_offsets(const std::string &group,
                                                          const CallLimit &limit) {
  HOST_ASSIGN(const auto admin, for_group(group));
  return until_answered(
      limit, [&](const CallLimit &rest) { return read_once(admin->client_, group, rest); });
}

Status Admin::alter_group_offsets(const std::string &group,
                                  std::span<const PartitionOffset> offsets,
                                  const CallLimit &limit) {
  HOST_ASSIGN(const auto admin, for_group(group));
  return until_answered(limit, [&](const CallLimit &rest) {
    return alter_once(admin->client_, group, offsets, rest);
  });
}

Status Admin::remove_group_offsets(const std::string &group,
                                   std::span<const TopicPartition> partitions,
                                   const CallLimit &limit) {
  HOST_ASSIGN(const auto admin, for_group(group));
  return until_answered(limit, [&](const CallLimit &rest) {
    return forget_once(admin->client_, group, partitions, rest);
  });
}

Status Admin::remove_group(const std::string &group, const CallLimit &limit) {
  HOST_ASSIGN(const auto admin, for_group(group));
  return until_answered(
      limit, [&](const CallLimit &rest) { return remove_once(admin->client_, group, rest); });
}

} // namespace host::kafka
