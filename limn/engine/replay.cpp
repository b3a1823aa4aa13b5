#include "limn/engine/replay.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include "limn/core/parallel.h"
#include "limn/core/progress.h"
#include "limn/core/stopwatch.h"
#include "limn/engine/choose_models.h"
#include "limn/engine/histories.h"
#include "limn/engine/models.h"
#include "limn/engine/reading.h"
#include "limn/eval/metrics.h"
#include "limn/recommend/blend.h"

namespace limn {
namespace {

// One event of the log.
struct Step {
  UserIndex user = 0;
  HistoryEntry entry;
  bool liked = false;
};

using Days = std::chrono::sys_days;

Days day_of(Time time) {
  return std::chrono::floor<std::chrono::days>(time);
}

// The events on items in order of time; what was only shown is left out.
std::vector<Step> read_steps(const EventTable& events, const Config& config) {
  std::vector<Step> steps;
  const EventWeightOptions weights = event_weight_options(config);
  for (std::size_t row = 0; row < events.size(); ++row) {
    if (events.item[row] == no_item) continue;
    const std::string& kind = events.kinds[events.kind[row]];
    const float weight = event_weight(kind, events.value[row], weights);
    if (weight == 0 && kind != "rate") continue;
    steps.push_back({.user = events.user[row],
                     .entry = {events.item[row], weight, events.time[row], events.id[row]},
                     .liked = is_liked(kind, events.value[row], weights, config)});
  }
  std::stable_sort(steps.begin(), steps.end(), [](const Step& a, const Step& b) {
    return std::tie(a.entry.time, a.entry.event) < std::tie(b.entry.time, b.entry.event);
  });
  return steps;
}

Result<Matrix> embed_items(const std::vector<Item>& items, const Config& config,
                           const EncoderPlaces& places) {
  Documents documents = read_documents({}, items, {}, EventTimes(EventTable{}));
  const std::vector<std::string> all = documents.all();
  if (all.empty()) return Matrix();
  LIMN_TRY(const auto encoder,
           make_encoder(resolve_encoder(config.encode.encoder, all, places), all, config));
  LIMN_TRY(EmbeddedDocuments embedded, embed_documents(documents, *encoder, nullptr));
  return std::move(embedded.items);
}

// What was liked, and what was known when: the lengths are those of the user's history.
struct Question {
  UserIndex user = 0;
  ItemIndex item = 0;
  Time time{};
  std::size_t at_build = 0;  // events that the last build knew
  std::size_t by_now = 0;    // events before this one
};

struct Answer {
  double waiting = 0;
  double folded_in = 0;
};

using Histories = std::vector<std::vector<HistoryEntry>>;

// The models of one night, and what they answer until the next.
class Night {
 public:
  Night(const Histories& histories, MatrixView embeddings, SparseView text_neighbours,
        std::size_t items, Time now)
      : views_(as_views(histories)) {
    training_.histories = views_;
    training_.items = items;
    training_.item_embeddings = embeddings;
    training_.text_neighbours = text_neighbours;
    training_.now = now;
  }

  [[nodiscard]] const Training& training() const { return training_; }

  [[nodiscard]] Result<std::vector<Answer>> answer(std::span<const Question> questions,
                                                   const Histories& histories,
                                                   const ChosenModels& chosen,
                                                   const ReplayOptions& options,
                                                   const Config& config) const {
    Training training = training_;
    training.asked_at_now = chosen.by_time;
    LIMN_TRY(const FittedModels fitted, fit_models(training, config, chosen.found.settings));
    const ModelView models = fitted.view(training);
    const Parts parts(models, config);
    const Blend blend({parts.all().begin(), parts.all().end()}, chosen.weights.weights);
    std::vector<Answer> answers(questions.size());
    parallel_for(questions.size(), 4, [&](std::size_t begin, std::size_t end) {
      std::vector<float> scores(training_.items);
      for (std::size_t q = begin; q < end; ++q) {
        const Question& question = questions[q];
        const History history(histories[question.user].data(), question.by_now);
        const auto ndcg = [&](std::size_t known) {
          const QueryState state = make_query(models, history.first(known), {}, question.user,
                                              question.time, history_decay(), config);
          blend.score(state.query(), scores);
          for (const HistoryEntry& entry : history)
            scores[entry.item] = -std::numeric_limits<float>::infinity();
          return ndcg_at(rank_items(scores, std::span(&question.item, 1), options.k).targets,
                         options.k);
        };
        answers[q].folded_in = ndcg(question.by_now);
        answers[q].waiting =
            question.at_build == question.by_now ? answers[q].folded_in : ndcg(question.at_build);
      }
    });
    return answers;
  }

 private:
  std::vector<History> views_;
  Training training_;
};

// The steps from `begin` to `end` as questions; appends them to the histories.
std::vector<Question> ask(std::span<const Step> steps, Histories& histories) {
  std::vector<std::size_t> at_build(histories.size());
  for (std::size_t user = 0; user < histories.size(); ++user)
    at_build[user] = histories[user].size();
  std::vector<Question> questions;
  for (const Step& step : steps) {
    std::vector<HistoryEntry>& history = histories[step.user];
    const bool is_new = std::ranges::none_of(
        history, [&](const HistoryEntry& entry) { return entry.item == step.entry.item; });
    // Ratings are often given in one second: what shares the moment is not known before it.
    const auto earlier =
        std::ranges::lower_bound(history, step.entry.time, {}, &HistoryEntry::time);
    const auto by_now = static_cast<std::size_t>(earlier - history.begin());
    if (step.liked && is_new) {
      questions.push_back({.user = step.user,
                           .item = step.entry.item,
                           .time = step.entry.time,
                           .at_build = std::min(at_build[step.user], by_now),
                           .by_now = by_now});
    }
    history.push_back(step.entry);
  }
  return questions;
}

// Means by user, so that a few busy ones are not the answer.
void compare(std::span<const Question> questions, std::span<const Answer> answers,
             std::size_t users, ReplayReport& report) {
  std::vector<Answer> sums(users);
  std::vector<double> counts(users);
  for (std::size_t q = 0; q < questions.size(); ++q) {
    sums[questions[q].user].waiting += answers[q].waiting;
    sums[questions[q].user].folded_in += answers[q].folded_in;
    counts[questions[q].user] += 1;
    report.fresh_events += questions[q].at_build < questions[q].by_now ? 1 : 0;
  }
  std::vector<double> waiting;
  std::vector<double> folded_in;
  for (std::size_t user = 0; user < users; ++user) {
    if (counts[user] == 0) continue;
    waiting.push_back(sums[user].waiting / counts[user]);
    folded_in.push_back(sums[user].folded_in / counts[user]);
  }
  report.events = questions.size();
  report.users = waiting.size();
  report.waiting = mean(waiting);
  report.folded_in = mean(folded_in);
  report.comparison = paired_bootstrap(waiting, folded_in);
}

}  // namespace

Result<ReplayReport> replay_store(const Store& store, const Config& config,
                                  const EncoderPlaces& places, const ReplayOptions& options) {
  const Stopwatch watch;
  LIMN_TRY(const std::vector<Item> items, store.read_items());
  LIMN_TRY(const EventTable events, store.read_events());
  const std::vector<Step> steps = read_steps(events, config);
  const auto first =
      static_cast<std::size_t>(options.first_share * static_cast<double>(steps.size()));
  if (first == 0 || first == steps.size() || steps.front().entry.time == steps.back().entry.time) {
    return fail(ErrorCode::invalid_argument,
                "cannot replay: {}: its events carry no times, or are too few",
                store.folder().string());
  }
  LIMN_TRY(const Matrix embeddings, embed_items(items, config, places));
  const SparseMatrix text_neighbours = fit_text_weights(embeddings, config);

  Histories histories(events.users());
  static_cast<void>(ask(std::span(steps).first(first), histories));
  std::vector<Question> questions;
  std::vector<Answer> answers;
  ChosenModels chosen;
  ReplayReport report;
  report.options = options;
  for (std::size_t begin = first, end = first; begin < steps.size(); begin = end) {
    LIMN_TRY_VOID(Interrupt::check("replay"));
    const Days morning = day_of(steps[begin].entry.time);
    while (end < steps.size() &&
           day_of(steps[end].entry.time) < morning + std::chrono::days(options.days_between_builds))
      ++end;
    const Histories known = histories;  // the night's own: `histories` grow during the day
    const Night night(known, embeddings, text_neighbours, items.size(),
                      steps[begin - 1].entry.time);
    if (report.builds == 0) {
      LIMN_TRY(chosen, choose_models(night.training(), config, {.hold_out = HoldOut::after_news}));
    }
    const std::vector<Question> asked =
        ask(std::span(steps).subspan(begin, end - begin), histories);
    LIMN_TRY(const std::vector<Answer> answered,
             night.answer(asked, histories, chosen, options, config));
    questions.insert(questions.end(), asked.begin(), asked.end());
    answers.insert(answers.end(), answered.begin(), answered.end());
    report.builds += 1;
  }
  if (questions.empty()) {
    return fail(ErrorCode::invalid_argument, "cannot replay: {}: nothing new was liked at its end",
                store.folder().string());
  }
  compare(questions, answers, histories.size(), report);
  report.seconds = watch.seconds();
  return report;
}

Json to_json(const ReplayReport& report) {
  const PairedComparison& c = report.comparison;
  return JsonObject{{"k", report.options.k},
                    {"days_between_builds", report.options.days_between_builds},
                    {"events", report.events},
                    {"fresh_events", report.fresh_events},
                    {"users", report.users},
                    {"builds", report.builds},
                    {"ndcg", JsonObject{{"waiting", rounded(report.waiting)},
                                        {"folded_in", rounded(report.folded_in)},
                                        {"difference", rounded(c.difference)},
                                        {"ci95", to_json(c.interval)},
                                        {"p", rounded(c.p_value)}}},
                    {"seconds", rounded(report.seconds)}};
}

}  // namespace limn
