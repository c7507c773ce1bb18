/** Conversations that a demo mailbox starts with: people, subjects and texts in four languages, all made up. */
export interface Story {
  readonly subject: string;
  readonly from: readonly [string, string];
  readonly texts: readonly string[];
  readonly attachment?: readonly [string, string, string];
  readonly html?: string;
}

const ORDER_TABLE = `<table border="1" cellpadding="6" cellspacing="0" style="border-collapse:collapse;border-color:#d0d7de"><tr style="background:#f3f4f6"><th align="left">Item</th><th>Qty</th><th align="right">Amount</th></tr><tr><td>Office chair “Nord”</td><td align="center">4</td><td align="right">€ 1,196.00</td></tr><tr><td>Delivery</td><td align="center">1</td><td align="right">€ 39.00</td></tr><tr><td colspan="2"><b>Total</b></td><td align="right"><b>€ 1,235.00</b></td></tr></table>`;

export const STORIES: readonly Story[] = [
  {
    subject: 'Quarterly review: agenda and room',
    from: ['Ann Lee', 'ann@partner.test'],
    texts: [
      'Hi,\n\nhere is the agenda for Thursday. Could you check item 3 before we send it out?\n\nThanks\nAnn',
      'Looks good to me. I would move the budget to the end.',
      'Done, room 4.12 is booked from 10 to 12.',
    ],
    attachment: ['agenda.txt', 'text/plain', '1. Welcome\n2. Numbers\n3. Budget\n4. Next steps\n'],
  },
  {
    subject: 'Offer for the Bremen project',
    from: ['Bob Beispiel', 'bob@contoso.test'],
    texts: ['Hi Alice,\n\ncould you send me the offer for the Bremen project today? The customer is waiting.\n\nBob'],
  },
  {
    subject: 'Your order 48213 has been shipped',
    from: ['Nordic Office', 'orders@shop.test'],
    texts: ['Thank you for your order. It left our warehouse today.'],
    html: `<div style="font-family:Segoe UI,Arial,sans-serif;max-width:560px"><h2 style="color:#0b5cab">Your order is on its way</h2><p>Hello,</p><p>your order <b>48213</b> left our warehouse today.</p>${ORDER_TABLE}<p><img src="https://tracker.shop.test/open.gif?id=48213" width="1" height="1" alt=""></p><p><a href="https://shop.test/orders/48213">Follow your parcel</a></p></div>`,
  },
  {
    subject: 'お見積書の件',
    from: ['山田太郎', 'yamada@kaisha.test'],
    texts: [
      'お世話になっております。\n\nご依頼いただきましたお見積書をお送りいたします。\nご確認のほど、よろしくお願いいたします。\n\n山田',
      '早速のご対応ありがとうございます。社内で確認いたします。',
    ],
    attachment: ['見積書-2026-11.csv', 'text/csv', '品名,数量,金額\n椅子,4,119600\n'],
  },
  {
    subject: '关于下周会议的安排',
    from: ['王芳', 'wangfang@client.test'],
    texts: ['您好，\n\n下周二上午十点在北京办公室开会，请确认是否可以参加。\n\n谢谢！\n王芳', '可以参加，谢谢安排。'],
  },
  {
    subject: 'Angebot für die Übergabe im März',
    from: ['Jürgen Groß', 'juergen@kunde.test'],
    texts: [
      'Guten Tag,\n\nkönnten Sie mir bitte das Angebot für die Übergabe bis Freitag schicken?\n\nSchöne Grüße\nJürgen Groß',
    ],
  },
  {
    subject: 'Build #5121 failed on main',
    from: ['Build Bot', 'no-reply@ci.test'],
    texts: ['Stage “unit” failed after 3 min 12 s.\n\n  Expected: 42\n  Received: 41\n\nhttps://ci.test/builds/5121'],
  },
  {
    subject: 'Lunch on Friday? 🍜',
    from: ['Mona Muster', 'mona@contoso.test'],
    texts: [
      'The new ramen place opened around the corner. Friday at 12?',
      'I am in!',
      'Great, table for four is reserved 🙌',
    ],
  },
  {
    subject: 'Contract draft v2',
    from: ['Renée O’Neil', 'renee@shop.test'],
    texts: ['Please find the second draft attached. Changes are in sections 2 and 5.'],
    attachment: [
      'contract-v2.pdf',
      'application/pdf',
      '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj 3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 144]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n',
    ],
  },
];
