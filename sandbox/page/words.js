// Every word of the page's own, in both languages, and who turns them. What the bot says comes from the bot.

export const WORDS = {
  en: {
    sandbox: "a Telegram on your own machine", clock: "The sandbox's clock", move: "Move the clock",
    hour: "+ an hour", day: "+ a day", week: "+ a week", nextFollowUp: "→ next follow-up", noFollowUp: "No follow-up is planned",
    stops: (n) => `the bot had something to do at ${n} ${n === 1 ? "moment" : "moments"}`, noStops: "nothing was due",
    news: (names) => `News for ${names}`, youAre: "You are", isYou: (name) => `you are ${name}`, somebodyNew: "Somebody new",
    unread: "unread", blocked: "has blocked the bot", block: "Block", unblock: "Unblock", isBlocked: "You have blocked this bot: it cannot write to you.",
    messages: "Messages", typing: "is writing", newer: "new", empty: "Nothing here yet. Say hello to the bot.", start: "START",
    commands: "Commands", photoOrFile: "Photo or file", myContact: "My contact", location: "Location", sticker: "A sticker",
    voice: "A voice note", attach: "Attach", write: "Write a message", send: "Send", ok: "OK", name: "Name", speaks: "Telegram speaks",
    cancel: "Cancel", add: "Add", edited: "edited", reply: "Reply", edit: "Edit", editing: "Editing", replyingTo: (name) => `Reply to ${name}`,
    lost: "Connection lost. Trying again…", tooLarge: "Files up to 20 MB, please.", sharedContact: "Contact", aLocation: "Location",
    download: "Download", copied: "Copied", removed: "a message that is gone", forwarded: (name) => `Forwarded from ${name}`, notHere: "Only in Telegram",
    thinking: "What the agent thinks", thinkingShort: "Thinking", chat: "Chat",
    away: "The agent is not answering. Start it, and what it knows appears here.",
    unknown: "The agent does not know this person yet. Write something, and watch.",
    tier: (tier) => (tier === "new" ? "new" : `tier ${tier}`), value: "Worth", contacts: "contacts", consents: "Consents",
    yes: "yes", no: "no", notAsked: "not answered", facts: "What it knows", noFacts: "Nothing yet.", before: "Superseded or forgotten",
    sure: (n) => `${n} % sure`, forgotten: "forgotten", superseded: "superseded", feedback: "Feedback", open: "open", solved: "solved",
    severity: (n) => `severity ${n}`, owner: (name) => `with ${name}`, nobody: "nobody has it yet", due: (when) => `answer due ${when}`,
    earlier: "Earlier", followUps: "Follow-ups", next: "Next", later: "Later", noNext: "Nothing is planned.", go: "Go there",
    held: "Held back or skipped, and why", sent: "Sent", why: "Why", identities: "Known by", textLater: "The text is written when it is due.",
    kind: { preference: "Likes and dislikes", restriction: "Never to be ignored", need: "Needs", habit: "Habits", interest: "Interests",
      occasion: "Dates", demographic: "About them", contact_preference: "How to reach them" },
    feedbackKind: { complaint: "Complaint", praise: "Praise", suggestion: "Suggestion", csat: "Score", nps: "Recommends", score: "Score" },
    rule: { after_purchase: "After a purchase", birthday: "Birthday", life_change: "Good wishes", check_in: "Check-in", reminder: "Their own reminder", bulletin: "News for partners", stock_ask: "What is in stock", loop_closed: "What became of it" },
    status: { planned: "planned", held: "held", queued: "queued", sending: "being sent", sent: "sent", skipped: "skipped", failed: "failed", unknown: "outcome unknown", cancelled: "cancelled" },
    group: { MVC: "most valuable", MGC: "most growable", BZ: "below zero", steady: "steady" },
    purpose: { service: "service", marketing: "news and offers", profiling: "value and tier" },
    figure: { recency_days: "days since the last order", orders: "orders lately", spent: "spent lately", orders_ever: "orders ever",
      expected_orders: "orders expected", alive: "still a customer", present_value: "lifetime value", cost_to_serve: "cost to serve lately", brought: "brought lately, after all costs",
      stage: "on their way with us", chance: "chance of a first order" },
    stage: { prospect: "bought nothing yet", new: "new", regular: "a regular", at_risk: "at risk", lapsed: "lapsed", won_back: "won back" },
    aspect: { product: "what we serve", service: "service", staff: "staff", price: "price", speed: "speed", place: "the place" },
    statedBy: { customer: "said in the chat", staff: "noted by staff", import: "from an import", nobody: "no sentence kept" },
    reason: { rule_off: "the business took this rule out", too_old: "it would have come too late", no_chat: "there is no chat", unreachable: "the bot is blocked",
      consent_missing: "they have not agreed to such messages", consent_refused: "they said no to such messages", stopped: "they said stop",
      profiling_off: "they switched profiling off", tier_new: "they have no tier yet", superseded: "what it was for has changed", life_event: "something sad has happened", bought_since: "they have bought since",
      heard_since: "they have written since", paused: "they asked for silence for a while", complaint: "a complaint is open", colleague: "a colleague is talking with them",
      question: "a question of ours waits for an answer", conversation: "they wrote just now", cap: "enough was sent lately for their tier",
      min_gap: "another message went out just now", household: "another of their household was written to just now", quiet_hours: "these are their quiet hours", withdrawn: "it was taken back", wording: "its text could not be made" },
    like: "likes", dislike: "dislikes",
  },
  zh: {
    sandbox: "本机上的 Telegram", clock: "沙盒时钟", move: "拨动时钟",
    hour: "+ 1 小时", day: "+ 1 天", week: "+ 1 周", nextFollowUp: "→ 下次跟进", noFollowUp: "没有已计划的跟进",
    stops: (n) => `途中机器人有 ${n} 次事要做`, noStops: "没有到期的事",
    news: (names) => `${names} 有新消息`, youAre: "你是", isYou: (name) => `你是 ${name}`, somebodyNew: "新朋友",
    unread: "未读", blocked: "已屏蔽机器人", block: "屏蔽", unblock: "解除屏蔽", isBlocked: "你已屏蔽这个机器人，它无法给你发消息。",
    messages: "消息", typing: "正在输入", newer: "新消息", empty: "这里还没有消息，跟机器人打个招呼吧。", start: "开始",
    commands: "命令", photoOrFile: "照片或文件", myContact: "我的名片", location: "位置", sticker: "贴纸",
    voice: "语音", attach: "附件", write: "写点什么", send: "发送", ok: "好", name: "名字", speaks: "Telegram 语言",
    cancel: "取消", add: "添加", edited: "已编辑", reply: "回复", edit: "编辑", editing: "编辑中", replyingTo: (name) => `回复 ${name}`,
    lost: "连接中断，正在重试…", tooLarge: "文件请不要超过 20 MB。", sharedContact: "名片", aLocation: "位置",
    download: "下载", copied: "已复制", removed: "消息已不在", forwarded: (name) => `转发自 ${name}`, notHere: "只能在 Telegram 里用",
    thinking: "机器人在想什么", thinkingShort: "想法", chat: "聊天",
    away: "机器人没有应答。启动之后，它知道的会显示在这里。",
    unknown: "机器人还不认识这个人。写点什么，再看看。",
    tier: (tier) => (tier === "new" ? "新客" : `${tier} 级`), value: "价值", contacts: "联系次数", consents: "同意",
    yes: "是", no: "否", notAsked: "未回答", facts: "它知道的", noFacts: "还没有。", before: "已更新或已忘记",
    sure: (n) => `把握 ${n}%`, forgotten: "已忘记", superseded: "已更新", feedback: "反馈", open: "处理中", solved: "已处理",
    severity: (n) => `严重程度 ${n}`, owner: (name) => `由 ${name} 负责`, nobody: "还没人负责", due: (when) => `${when}前答复`,
    earlier: "以前的", followUps: "跟进", next: "下一次", later: "之后", noNext: "没有计划。", go: "跳到那时",
    held: "暂缓或跳过，以及原因", sent: "已发送", why: "为什么", identities: "识别方式", textLater: "到时才写正文。",
    kind: { preference: "喜好", restriction: "绝不能忽略", need: "需要", habit: "习惯", interest: "兴趣",
      occasion: "日子", demographic: "基本情况", contact_preference: "联系方式" },
    feedbackKind: { complaint: "投诉", praise: "表扬", suggestion: "建议", csat: "评分", nps: "推荐度", score: "评分" },
    rule: { after_purchase: "购买之后", birthday: "生日", life_change: "祝贺", check_in: "问候", reminder: "顾客自己的提醒", bulletin: "合作伙伴通知", stock_ask: "询问库存", loop_closed: "处理结果" },
    status: { planned: "已计划", held: "暂缓", queued: "排队中", sending: "发送中", sent: "已发送", skipped: "已跳过", failed: "失败", unknown: "结果不明", cancelled: "已取消" },
    group: { MVC: "最有价值", MGC: "最具成长", BZ: "得不偿失", steady: "稳定" },
    purpose: { service: "服务", marketing: "消息与优惠", profiling: "价值与等级" },
    figure: { recency_days: "距上次下单天数", orders: "近期订单", spent: "近期消费", orders_ever: "全部订单",
      expected_orders: "预计订单", alive: "仍是顾客", present_value: "终身价值", cost_to_serve: "近期服务成本", brought: "近期净收益",
      stage: "顾客阶段", chance: "首次下单的可能" },
    stage: { prospect: "还没买过", new: "新客", regular: "常客", at_risk: "有流失风险", lapsed: "已流失", won_back: "已挽回" },
    aspect: { product: "产品", service: "服务", staff: "店员", price: "价格", speed: "速度", place: "环境" },
    statedBy: { customer: "聊天里说的", staff: "同事记下的", import: "来自导入", nobody: "没有原话" },
    reason: { rule_off: "本店已不用这条规则", too_old: "来不及了", no_chat: "没有对话", unreachable: "机器人被屏蔽",
      consent_missing: "对方尚未同意此类消息", consent_refused: "对方不同意此类消息", stopped: "对方要求停止",
      profiling_off: "对方关闭了价值分析", tier_new: "尚未分级", superseded: "缘由已经改变", life_event: "发生了令人难过的事", bought_since: "其间已来消费",
      heard_since: "其间已写来消息", paused: "对方要求暂时勿扰", complaint: "有投诉未解决", colleague: "同事正在与对方交谈",
      question: "有问题在等对方回答", conversation: "对方刚刚写来消息", cap: "按等级近期已发够",
      min_gap: "刚发过另一条", household: "刚给其家人发过", quiet_hours: "现在是勿扰时段", withdrawn: "已撤回", wording: "正文没能写成" },
    like: "喜欢", dislike: "不喜欢",
  },
};

export let language = localStorage.getItem("language") ?? (navigator.language.startsWith("zh") ? "zh" : "en");

/** The word of this name; with `value`, for a name that takes one. */
export function word(name, value) {
  const found = WORDS[language][name];
  return typeof found === "function" ? found(value) : (found ?? name);
}

/** The word for one of the agent's names (`word("kind")[name]`), or the name itself with spaces. */
export function named(group, name) {
  return WORDS[language][group]?.[name] ?? String(name ?? "").replaceAll("_", " ");
}

/** Turn the page to this language. */
export function speak(wanted) {
  language = wanted;
  localStorage.setItem("language", wanted);
  document.documentElement.lang = wanted;
  for (const [attribute, set] of [
    ["data-word", (element, text) => (element.textContent = text)],
    ["data-word-label", (element, text) => (element.setAttribute("aria-label", text), element.matches("button") && (element.title = text))],
    ["data-word-placeholder", (element, text) => (element.placeholder = text)],
  ])
    for (const element of document.querySelectorAll(`[${attribute}]`)) set(element, word(element.getAttribute(attribute)));
}
