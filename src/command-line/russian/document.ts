/** Signing, extending and validating documents, by the English text. */
export const document: Readonly<Record<string, string>> = {
  'CMS, PDF, XML or ASiC document; it is written over unless --out says where':
    'документ CMS, PDF, XML или ASiC; перезаписывается, если --out не указывает другое место',
  'FILE is a CMS message: countersign each of its signatures':
    'файл — сообщение CMS: заверить каждую его подпись',
  'FILE is a CMS message: sign it beside those who have':
    'файл — сообщение CMS: добавить свою подпись к имеющимся',
  'add time-stamps and evidence at once': 'сразу добавить штампы времени и доказательства',
  'add time-stamps and evidence to a document, so that it can be checked for longer':
    'добавить в документ штампы времени и доказательства, чтобы его можно было проверять дольше',
  'fetch no evidence: --crl, --ocsp and --untrusted bring it':
    'не загружать доказательства: их дают --crl, --ocsp и --untrusted',
  'how far to extend every signature of it': 'до какого уровня дополнить каждую его подпись',
  'its lower left corner in points (otherwise the lower right of the page)':
    'левый нижний угол штампа в пунктах (иначе справа внизу страницы)',
  'local networks that evidence may be fetched from':
    'местные сети, из которых можно загружать доказательства',
  'of CMS: leave the content out of the message': 'для CMS: не включать содержимое в сообщение',
  'of PDF: show a stamp, on the last page unless said otherwise':
    'для PDF: показать штамп, на последней странице, если не указана другая',
  'of PDF: where it is signed': 'для PDF: место подписания',
  'of PDF: why it is signed': 'для PDF: причина подписания',
  'of SMEV: identifier of the element that is signed (SIGNED_BY_CALLER)':
    'для СМЭВ: идентификатор подписываемого элемента (SIGNED_BY_CALLER)',
  'print the report as JSON, as a page, or as XML of ETSI TS 119 102-2':
    'вывести отчёт как JSON, страницей или в XML по ETSI TS 119 102-2',
  'signed documents that are kept for years: their time-stamps are renewed before they end':
    'подписанные документы на годы: их штампы времени продлеваются заранее',
  'extend a document to LTA and take it in': 'дополнить документ до LTA и принять в архив',
  'the documents, the one first that is to be renewed first':
    'документы; первым тот, который продлевать раньше всех',
  'give new archive time-stamps to the documents whose last ones end soon, or to those named':
    'поставить новые архивные штампы документам, чьи последние штампы скоро кончатся, или названным',
  'how soon that is': 'сколько дней считать скорым',
  'judge documents as they stand, all of them or those named':
    'проверить документы как они есть, все или названные',
  'where the documents are (default: archive in the data folder)':
    'где документы (по умолчанию: archive в папке данных)',
  'time-stamp authorities, in the order in which they are asked (default: those of the service)':
    'службы штампов времени в порядке обращения (по умолчанию: те, что у сервиса)',
  'the file that holds the signature; of several, each with what it signs beside it':
    'файл с подписью; если их несколько, подписанное лежит рядом с каждым',
  'write all that the verdict came from there, to be replayed later':
    'записать туда всё, на чём держится заключение, чтобы повторить проверку позже',
  'judge a document again by all that a bundle holds, and tell in what the verdict differs':
    'проверить документ снова по записанному и сказать, чем отличается заключение',
  'what signature validate --bundle wrote': 'что записала signature validate --bundle',
  'sign files with a token or a key file (CAdES, PAdES, XAdES, SMEV 3, ASiC-E)':
    'подписать файлы токеном или файлом ключа (CAdES, PAdES, XAdES, СМЭВ 3, ASiC-E)',
  'time-stamp authorities for that, in the order in which they are asked':
    'службы штампов времени для этого, в порядке обращения',
  'trusted certificates: with them evidence is fetched, and all has to pass':
    'доверенные сертификаты: с ними доказательства загружаются и всё должно пройти проверку',
  'what each file becomes; asic takes all files into one container':
    'чем становится каждый файл; asic собирает все в один контейнер',
  'what to sign; the PIN is asked for once': 'что подписать; PIN-код спрашивается один раз',
  'where to write the document (otherwise beside FILE, by its format)':
    'куда записать документ (иначе рядом с файлом, по формату)',
  'where to write the extended document': 'куда записать дополненный документ',
  'write the report as a page for people there': 'записать туда отчёт страницей для людей',
};
