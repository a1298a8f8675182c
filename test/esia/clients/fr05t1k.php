<?php

// Drives fr05t1k/esia, unchanged, through v1 with its signers in RSA and GOST; it checks the token by the published
// certificate that it is given.

require '/usr/share/php/GuzzleHttp/autoload.php';

$client = getenv('CLIENT');
spl_autoload_register(function (string $class) use ($client): void {
    $file = "$client/src/" . str_replace('\\', '/', $class) . '.php';
    if (file_exists($file)) {
        require $file;
    }
});

$keys = getenv('KEYS');
$base = getenv('BASE') . '/';
$factory = new GuzzleHttp\Psr7\HttpFactory();
$ways = [
    'rsa' => ['SYSTEM', 'rsa', Esia\Signer\SignerPKCS7::class, 'RS256'],
    'gost' => ['SYSTEM', 'gost', Esia\Signer\CliSignerPKCS7::class, 'RS256'],
    'gost tokens' => ['GOSTSYSTEM', 'rsa', Esia\Signer\SignerPKCS7::class, 'GOST3410_2012_256'],
];
$results = [];
foreach ($ways as $name => [$mnemonic, $key, $signer, $algorithm]) {
    $config = new Esia\Config([
        'clientId' => $mnemonic,
        'redirectUrl' => 'https://portal.example/back',
        'portalUrl' => $base,
        'codeUrlPath' => 'aas/oauth2/ac',
        'tokenUrlPath' => 'aas/oauth2/te',
        'privateKeyPath' => "$keys/$key.key",
        'certPath' => "$keys/$key.crt",
        'scope' => ['openid', 'fullname', 'snils', 'email', 'usr_org'],
        'esiaCertPath' => "$keys/$algorithm.cer",
        'esiaTokenIssuer' => getenv('ISSUER'),
    ]);
    $esia = new Esia\OpenId(
        $config,
        new GuzzleHttp\Client(),
        $factory,
        $factory,
        new $signer("$keys/$key.crt", "$keys/$key.key", '', '/tmp'),
    );
    $url = $esia->buildUrl();
    $answer = json_decode(file_get_contents(getenv('BROWSER') . '/?url=' . urlencode($url)), true);
    // It sends its first state again: a second has to pass, or the string to be signed is the same.
    sleep(1);
    $esia->getToken($answer['code']);
    $organisations = 'open';
    try {
        $esia->getOrganizations();
    } catch (Esia\Exceptions\ForbiddenException) {
        $organisations = 'forbidden';
    }
    $results[$name] = [
        'person' => $esia->getPersonInfo()['lastName'],
        'chief' => $esia->getRoles()[0]['chief'],
        'contacts' => $esia->getContactInfo()['size'],
        'organisations' => $organisations,
        'logout' => $esia->buildLogoutUrl('https://portal.example/bye'),
    ];
}
echo json_encode($results, JSON_UNESCAPED_UNICODE);
